using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Holdfast.Lab.Bench.Clients;
using Holdfast.Lab.Bench.Figures;
using Holdfast.Lab.Bench.Servers;

namespace Holdfast.Lab.Bench.Parts;

/// <summary>What recording costs, and how soon a page that opens is live. The peer records nothing, so there is no ratio.</summary>
internal static class Recording
{
    private const int Rounds = 3;
    private const int Journal = 100_000_000;

    public static async Task RunAsync(Place place, Table table, CancellationToken cancellationToken)
    {
        await using var server = new HoldfastServer(place, place.NewFolder("root"));
        await server.StartAsync(cancellationToken);
        using var api = new Api(server);
        await PrintAsync(server, api, table, "short lines", "while time.time() < end: print('epoch', 1, 'loss', 0.25)", cancellationToken);
        await PrintAsync(server, api, table, "lines of 100 kB", "while time.time() < end: print('x' * 99_999)", cancellationToken);
        await WriteAsync(server, api, table, cancellationToken);
        await OpenAsync(server, api, table, cancellationToken);
    }

    /// <summary>Processor time of the lab while a kernel prints with no page: with a notebook that is recorded, and with one that has no file.</summary>
    private static async Task PrintAsync(HoldfastServer server, Api api, Table table, string name, string code, CancellationToken cancellationToken)
    {
        var (recorded, unrecorded) = (new Sample("%"), new Sample("%"));
        var speed = new Sample("MB/s");
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var sample in (Sample[])[recorded, unrecorded])
            {
                var notebook = $"print-{Guid.NewGuid():N}.ipynb";
                var cell = $"import time\nend = time.time() + 12\n{code}";
                if (sample == recorded) Write(server, notebook, [cell]);
                var kernel = await api.StartKernelAsync(notebook, cancellationToken);
                using (var page = await PageSocket.ConnectAsync(server, kernel, "page", cancellationToken))
                {
                    await page.ExecuteAsync("pass", cancellationToken);
                    await page.WaitBusyAsync(await page.SendAsync(cell, cancellationToken), cancellationToken);
                    await page.CloseAsync(cancellationToken);
                }

                var (used, printed, began) = (ProcessUse.CpuSeconds([server.Processes[0]]), server.JournalBytes(kernel), Stopwatch.GetTimestamp());
                await Task.Delay(TimeSpan.FromSeconds(10.5), cancellationToken);
                var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
                sample.Add((ProcessUse.CpuSeconds([server.Processes[0]]) - used) / seconds * 100);
                speed.Add((server.JournalBytes(kernel) - printed) / seconds / 1e6);
                await api.EndKernelAsync(kernel, cancellationToken);
            }
        }

        table.Add($"Lab while a kernel prints {name} at full speed, no page: part of a core", $"{recorded} at {speed} (without a notebook to record into: {unrecorded})", "", goal: "≤ 5 %", met: recorded.Median <= 5 ? "met" : "missed");
    }

    /// <summary>Processor time of the lab for a run that is written into a notebook of 1 MB.</summary>
    private static async Task WriteAsync(HoldfastServer server, Api api, Table table, CancellationToken cancellationToken)
    {
        const int Runs = 20;
        var (small, large) = (new Sample("ms"), new Sample("ms"));
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var (sample, bytes) in ((Sample, int)[])[(small, 0), (large, 1_000_000)])
            {
                var notebook = $"write-{Guid.NewGuid():N}.ipynb";
                SampleNotebook.Write(Path.Combine(server.Root, notebook), bytes, "print(1)");
                var kernel = await api.StartKernelAsync(notebook, cancellationToken);
                using var page = await PageSocket.ConnectAsync(server, kernel, "page", cancellationToken);
                await page.ExecuteAsync("print(1)", cancellationToken);
                await ProcessUse.WaitQuietAsync(server.Processes, cancellationToken);
                var used = ProcessUse.CpuSeconds([server.Processes[0]]);
                for (var run = 0; run < Runs; run++)
                {
                    await page.ExecuteAsync("print(1)", cancellationToken);
                    await ProcessUse.WaitQuietAsync(server.Processes, cancellationToken);
                }

                // The first round is what the runtime's compiler takes.
                if (round > 0) sample.Add((ProcessUse.CpuSeconds([server.Processes[0]]) - used) / Runs * 1000);
                await api.EndKernelAsync(kernel, cancellationToken);
            }
        }

        var write = large.Median - small.Median;
        table.Add("Processor time of writing a notebook of 1 MB after a run", $"{write.ToString("0.0", CultureInfo.InvariantCulture)} ms (run and write: {large}; of an empty notebook: {small})", "", goal: "≤ 20 ms", met: write <= 20 ? "met" : "missed");
    }

    /// <summary>From the connection of a new page to its first live output, while a cell that has printed much goes on.</summary>
    private static async Task OpenAsync(HoldfastServer server, Api api, Table table, CancellationToken cancellationToken)
    {
        var code = $"import time\nfor _ in range({Journal / 1000}): print('x' * 999)\nopen('printed', 'w').close()\nwhile True:\n    print('live')\n    time.sleep(0.02)";
        Write(server, "open.ipynb", [code]);
        var kernel = await api.StartKernelAsync("open.ipynb", cancellationToken);
        using (var first = await PageSocket.ConnectAsync(server, kernel, "first", cancellationToken))
        {
            await first.WaitBusyAsync(await first.SendAsync(code, cancellationToken), cancellationToken);
            await first.CloseAsync(cancellationToken);
        }

        await FileMark.WaitAsync(Path.Combine(server.Root, "printed"), cancellationToken);
        var (content, live) = (new Sample("ms"), new Sample("ms"));
        for (var round = 0; round < Rounds; round++)
        {
            var began = Stopwatch.GetTimestamp();
            await api.GetNotebookAsync("open.ipynb", cancellationToken);
            content.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            began = Stopwatch.GetTimestamp();
            using var page = await PageSocket.ConnectAsync(server, kernel, $"page-{round}", cancellationToken);
            await api.AskFoldAsync(kernel, $"page-{round}", "open.ipynb", cancellationToken);
            await page.WaitAsync(["holdfast_fold"], cancellationToken);
            // Past the cap of a cell the newest lines come as a display.
            await page.WaitAsync(["stream", "display_data", "update_display_data"], cancellationToken);
            live.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        table.Add("Opening a notebook whose cell has printed 100 MB and prints on: its content", content.ToString(), "");
        table.Add("… from the page's connection to its record and the first live line", live.ToString(), "", goal: "≤ 1 s", met: live.Median <= 1000 ? "met" : "missed");
        await api.EndKernelAsync(kernel, cancellationToken);
    }

    private static void Write(HoldfastServer server, string notebook, IEnumerable<string> cells)
    {
        var written = string.Join(", ", cells.Select((source, index) =>
            $$"""{"cell_type": "code", "execution_count": null, "id": "c{{index}}", "metadata": {}, "outputs": [], "source": "{{JsonEncodedText.Encode(source)}}"}"""));
        File.WriteAllText(Path.Combine(server.Root, notebook), $$"""{"cells": [{{written}}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}""", Encoding.UTF8);
    }
}
