using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Holdfast.Lab.Tests.Hosting;
using Holdfast.Lab.Tests.Kernels;

namespace Holdfast.Lab.Tests.Status;

public sealed class MetricsTests(KeeperFixture keeper)
{
    private const string Python = "/usr/bin/python3";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_OfALabAtWork_AreWhatPrometheusReadsAndTrue()
    {
        await keeper.ReadyAsync();
        var root = Directory.CreateTempSubdirectory("hf-").FullName;
        await using var server = new LabServer(keeper.Options(root) with { Port = 0, Token = TestLab.Token }, keeper.Client);
        var start = await server.StartAsync(Cancel);
        using var client = new HttpClient { BaseAddress = start.Address };
        client.DefaultRequestHeaders.Add("Authorization", "token " + TestLab.Token);
        using (var saved = await client.PutAsync("api/contents/n.ipynb", new StringContent("""{"type":"notebook","content":{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}}"""), Cancel))
            Assert.True(saved.IsSuccessStatusCode);
        using var made = await client.PostAsync("api/sessions", new StringContent("""{"path":"n.ipynb","type":"notebook","kernel":{"name":"python3"}}"""), Cancel);
        if (!made.IsSuccessStatusCode)
            Assert.Skip("No Python with ipykernel is installed.");
        var kernel = JsonDocument.Parse(await made.Content.ReadAsStringAsync(Cancel)).RootElement.GetProperty("kernel").GetProperty("id").GetString()!;
        using (var page = await PageClient.ConnectAsync(new Uri($"ws://{start.Address!.Authority}/api/kernels/{kernel}/channels?session_id=s&token={TestLab.Token}"), "s", legacy: false))
        {
            await page.ReadExecutionAsync(await page.ExecuteAsync("print('x' * 1000)"));
            var seen = await ReadAsync();
            Assert.Equal(1, seen["holdfast_pages"]);
            Assert.Equal(0, seen["holdfast_page_lag_messages"]);
            Assert.Equal(1, seen["holdfast_kernels{state=idle}"]);
            Assert.Equal(0, seen["holdfast_kernels{state=busy}"]);
            Assert.Equal(1, seen["kernel_currently_running_total{type=python3}"]);
            Assert.Equal(0, seen["terminal_currently_running_total"]);
            Assert.Equal(1, seen["holdfast_sessions"]);
            Assert.Equal(1, seen["holdfast_notebook_saves_total"]);
            Assert.InRange(seen["holdfast_page_messages_total{direction=from_page}"], 1, 3);
            Assert.InRange(seen["holdfast_page_messages_total{direction=to_page}"], 5, 50);
            Assert.InRange(seen["holdfast_page_bytes_total{direction=to_page}"], 1000, 100_000);
            Assert.InRange(seen["holdfast_journal_bytes"], 1000, 1 << 20);
            Assert.True(seen["holdfast_journal_written_bytes_total"] >= seen["holdfast_journal_records_total"] * 32);
            Assert.Equal(seen["holdfast_journal_sync_seconds_count"], seen["holdfast_journal_sync_seconds_bucket{le=+Inf}"]);
            Assert.InRange(seen["process_resident_memory_bytes"], 1 << 20, 1L << 34);
        }
        using (await client.DeleteAsync($"api/kernels/{kernel}", Cancel)) { }
        var after = await ReadAsync();
        Assert.Equal(0, after["holdfast_kernels{state=idle}"]);
        await server.StopAsync(Cancel);
        Directory.Delete(root, recursive: true);

        async Task<Dictionary<string, double>> ReadAsync() => Parse(await client.GetStringAsync("metrics", Cancel));
    }

    /// <summary>Read by Prometheus' own Python library, which knows of every family its type and its samples.</summary>
    private static Dictionary<string, double> Parse(string text)
    {
        if (!Directory.Exists("/usr/lib/python3/dist-packages/prometheus_client"))
            Assert.Skip("python3-prometheus-client is not installed.");
        using var parser = Process.Start(new ProcessStartInfo(Python, ["-c", """
            import sys
            from prometheus_client.parser import text_string_to_metric_families
            for family in text_string_to_metric_families(sys.stdin.read()):
                assert family.documentation and family.type in ("gauge", "counter", "histogram"), family
                for sample in family.samples:
                    labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
                    print(sample.name + (f"{{{labels}}}" if labels else ""), sample.value)
            """])
        { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        parser.StandardInput.Write(text);
        parser.StandardInput.Close();
        var samples = parser.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        parser.WaitForExit();
        Assert.Equal(0, parser.ExitCode);
        return samples.ToDictionary(line => line[..line.LastIndexOf(' ')], line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }
}
