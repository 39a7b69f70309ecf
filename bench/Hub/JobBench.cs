using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Holdfast.Hub.Bench;

/// <summary>Jobs: from the submission to the command, and a queue of 10,000.</summary>
internal static class JobBench
{
    private const int Starts = 10, Queued = 10_000, AtOnce = 32, Asked = 50;

    public static async Task RunAsync(BenchHub hub, string? image, Action<string, double[], string, string> row)
    {
        row("host engine: submission to the command's first word, ms", await StartsAsync(hub, null), "", "≤ 150");
        if (image is not null) row("podman: submission to the command's first word, ms", await StartsAsync(hub, image), "", "≤ 500");

        // One that has all processors keeps the rest waiting.
        var first = await SubmitAsync(hub, new { name = "first", command = (string[])["sleep", "1000"], resources = new { cpu = Environment.ProcessorCount }, stop_grace = 0 });
        await UntilAsync(hub, first, "running");
        var began = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, Queued, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) => await SubmitAsync(hub, new { name = $"waits-{number % 10}", command = (string[])["true"] }));
        var rate = Queued / Stopwatch.GetElapsedTime(began).TotalSeconds;
        row($"submissions a second, {AtOnce} at once, to {Queued:N0} that wait", [rate], "", "≥ 500");
        row($"GET jobs with {Queued:N0} that wait, ms", await TimesAsync(() => hub.GetAsync("jobs")), "", "");
        row($"GET jobs/ID with {Queued:N0} that wait, ms", await TimesAsync(() => hub.GetAsync($"jobs/{first}")), "", "");

        // How long until the most urgent of them runs when there is room.
        var urgent = await SubmitAsync(hub, new { name = "urgent", command = (string[])["date", "+%s%N"], priority = 100 });
        var asked = DateTime.UtcNow;
        await hub.PostAsync($"jobs/{first}/cancel", new { });
        row($"room to the command's first word with {Queued:N0} that wait, ms", [await FirstWordAsync(hub, urgent, asked)], "", "");
        row("memory of the hub then, PSS MB", [hub.Memory()], "", "");
    }

    private static async Task<double[]> StartsAsync(BenchHub hub, string? image)
    {
        var times = new List<double>();
        for (var round = 0; round <= Starts; round++)
        {
            var began = DateTime.UtcNow;
            var id = await SubmitAsync(hub, new { name = "first-word", command = (string[])["date", "+%s%N"], image });
            var time = await FirstWordAsync(hub, id, began);
            if (round > 0) times.Add(time);
        }
        return [.. times];
    }

    /// <summary>The command's own clock against ours: nobody's looking is in it.</summary>
    private static async Task<double> FirstWordAsync(BenchHub hub, string id, DateTime began)
    {
        await UntilAsync(hub, id, "succeeded");
        var said = long.Parse(await hub.GetTextAsync($"jobs/{id}/logs"), CultureInfo.InvariantCulture);
        return (said / 1e6) - (began - DateTime.UnixEpoch).TotalMilliseconds;
    }

    private static async Task<string> SubmitAsync(BenchHub hub, object spec) => (await hub.PostAsync("jobs", spec)).GetProperty("job").GetProperty("id").GetString()!;

    private static async Task UntilAsync(BenchHub hub, string id, string state)
    {
        string now;
        while ((now = (await hub.GetAsync($"jobs/{id}")).GetProperty("job").GetProperty("state").GetString()!) != state)
        {
            if (now is "failed" or "cancelled") throw new InvalidOperationException($"{id}: {await hub.GetAsync($"jobs/{id}")}");
            await Task.Delay(5);
        }
    }

    private static async Task<double[]> TimesAsync(Func<Task<JsonElement>> work)
    {
        var times = new List<double>();
        for (var number = -5; number < Asked; number++)
        {
            var began = Stopwatch.GetTimestamp();
            await work();
            if (number >= 0) times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        return [.. times];
    }
}
