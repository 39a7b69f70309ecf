using System.Text.Json;
using Holdfast.Functional.Tests.Labs;

namespace Holdfast.Functional.Tests;

/// <summary>Much output while no page is open.</summary>
public sealed class FloodTests
{
    private const string Notebook = "flood.ipynb";

    /// <summary>Kilobytes that lab and keeper together may take more than with an idle kernel.</summary>
    private const int Allowed = 16 << 10;

    [Fact]
    public async Task Displays_20000WithNobodyConnected_AreAllRecordedInOrder()
    {
        await using var workplace = new Workplace();
        await using var lab = await workplace.StartLabAsync();
        using var api = new LabApi(lab);
        var kernel = await api.StartKernelAsync(Notebook);

        await RunUnwatchedAsync(workplace, lab, api, kernel, "for n in range(20_000): display({'text/plain': f'display {n}'}, raw=True)");

        Assert.Equal(Enumerable.Range(0, 20_000).Select(number => $"display {number}"), await DisplaysAsync(workplace));
    }

    [Fact]
    public async Task Lines_200000WithNobodyConnected_AreAllRecordedInOrder()
    {
        await using var workplace = new Workplace();
        await using var lab = await workplace.StartLabAsync();
        using var api = new LabApi(lab);
        var kernel = await api.StartKernelAsync(Notebook);

        await RunUnwatchedAsync(workplace, lab, api, kernel, "for n in range(200_000): print('line', n)");

        var wanted = string.Concat(Enumerable.Range(0, 200_000).Select(number => $"line {number}\n"));
        Assert.Equal(wanted, await workplace.RunAsync("outputs", workplace.PathOf(Notebook)));
    }

    [Fact]
    public async Task Messages_50OfAMegabyteWithNobodyConnected_AreAllRecordedInOrder()
    {
        await using var workplace = new Workplace();
        await using var lab = await workplace.StartLabAsync();
        using var api = new LabApi(lab);
        var kernel = await api.StartKernelAsync(Notebook);

        await RunUnwatchedAsync(workplace, lab, api, kernel, "for n in range(50): display({'text/plain': f'{n:02}' + 'x' * 1_000_000}, raw=True)");

        Assert.Equal(Enumerable.Range(0, 50).Select(number => $"{number:D2}{new string('x', 1_000_000)}"), await DisplaysAsync(workplace));
    }

    [Fact]
    public async Task Print_AGigabyteWithNobodyConnected_LosesNothingAndMemoryStays()
    {
        await using var workplace = new Workplace();
        await using var lab = await workplace.StartLabAsync();
        using var api = new LabApi(lab);
        var kernel = await api.StartKernelAsync(Notebook);
        var keeper = await workplace.KeeperProcessAsync();
        // What the first cell takes, whatever it prints, is not what a gigabyte takes.
        await RunUnwatchedAsync(workplace, lab, api, kernel, "print('first')");
        File.Delete(workplace.PathOf("go"));
        var idle = Memory.KilobytesOf(lab.ProcessId, keeper);
        var most = idle;

        await RunUnwatchedAsync(
            workplace,
            lab,
            api,
            kernel,
            Gigabyte.Source,
            () => most = Math.Max(most, Memory.KilobytesOf(lab.ProcessId, keeper)));

        var after = Memory.KilobytesOf(lab.ProcessId, keeper);
        TestContext.Current.TestOutputHelper!.WriteLine($"Resident memory of lab and keeper: {idle} kB idle, at most {most} kB, {after} kB after");
        await workplace.ReadAsync(["outputs", workplace.PathOf(Notebook)], output => Gigabyte.AssertWholeAsync(output, before: "first\n"));
        Assert.InRange(Math.Max(most, after) - idle, long.MinValue, Allowed);
    }

    /// <summary>Executes the code and leaves before it does anything: it waits for a file that is made when nobody is connected any more.</summary>
    private static async Task RunUnwatchedAsync(Workplace workplace, RunningLab lab, LabApi api, string kernel, string code, Action? meanwhile = null)
    {
        await using (var talk = await KernelTalk.ConnectAsync(lab, kernel))
        {
            await talk.SendAsync($"import os, time\nwhile not os.path.exists('go'): time.sleep(0.01)\n{code}", "0");
            await api.WaitForKernelAsync(kernel, LabApi.IsBusy);
        }

        await api.WaitForKernelAsync(kernel, LabApi.IsAlone);
        await File.WriteAllTextAsync(workplace.PathOf("go"), "", TestContext.Current.CancellationToken);
        await api.WaitForKernelAsync(kernel, LabApi.IsIdle, meanwhile);
    }

    private static async Task<IReadOnlyList<string>> DisplaysAsync(Workplace workplace)
    {
        var displays = new List<string>();
        foreach (var line in (await workplace.RunAsync("outputs", workplace.PathOf(Notebook), "-o", "json")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var output = JsonDocument.Parse(line);
            if (!output.RootElement.TryGetProperty("type", out var type) || type.GetString() != "display_data") continue;
            displays.Add(output.RootElement.GetProperty("content").GetProperty("data").GetProperty("text/plain").GetString()!);
        }

        return displays;
    }
}
