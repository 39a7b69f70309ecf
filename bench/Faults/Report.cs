using System.Globalization;
using System.Runtime.InteropServices;

namespace Holdfast.Faults.Bench;

/// <summary>What a campaign has found, in Markdown.</summary>
internal static class Report
{
    public static void Write(TextWriter output, Campaign campaign, int seed)
    {
        var last = campaign.Last;
        output.WriteLine(Machine());
        output.WriteLine();
        output.WriteLine($"Seed {seed}: {campaign.Kills} kills in {campaign.Rounds.Count} rounds.");
        output.WriteLine();
        output.WriteLine("| killed | rounds | a request is answered after, ms: median (least–most) | gaps named | gap, ms | numbers lost a gap |");
        output.WriteLine("| --- | ---: | --- | ---: | --- | --- |");
        foreach (var rounds in campaign.Rounds.GroupBy(round => round.Victim).OrderBy(group => group.Key))
        {
            var gaps = rounds.SelectMany(round => last.Gaps[round.Gaps]).ToList();
            output.WriteLine($"| {Name(rounds.Key)} | {rounds.Count()} | {Spread(rounds.Select(round => round.RecoveryMilliseconds))} | {gaps.Count} | "
                + $"{Spread(gaps.Select(gap => gap.Milliseconds))} | {Spread(gaps.Select(gap => (double)gap.LostNumbers))} |");
        }

        output.WriteLine();
        output.WriteLine("| what | |");
        output.WriteLine("| --- | ---: |");
        output.WriteLine($"| records in the journal | {last.Records:N0} |");
        output.WriteLine($"| numbers counted by the kernel | {last.Number:N0} |");
        output.WriteLine($"| of these not recorded, all in named gaps | {last.Gaps.Sum(gap => gap.LostNumbers):N0} |");
        output.WriteLine($"| records that pages were shown, each found in its place | {campaign.Seen:N0} |");
        output.WriteLine($"| requests recorded | {last.Requests:N0} |");
        output.WriteLine($"| of these without a reply in the journal | {last.Unanswered:N0} |");
        output.WriteLine($"| requests that were on their way to a keeper when it was killed, and sent again | {campaign.RequestsLost:N0} |");
        output.WriteLine($"| **violations** | **{campaign.Violations.Count:N0}** |");
        foreach (var violation in campaign.Violations) output.WriteLine($"\n- {violation}");
    }

    private static string Name(Victim victim) => victim switch
    {
        Victim.Lab => "lab",
        Victim.Keeper => "keeper",
        Victim.Both => "keeper and lab at once",
        Victim.LabTwice => "lab, and the next one while it starts",
        _ => "keeper, and the next one while it takes up",
    };

    private static string Spread(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? "–" : $"{sorted[sorted.Count / 2]:0} ({sorted[0]:0}–{sorted[^1]:0})";
    }

    private static string Machine()
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown";
        var system = File.ReadLines("/etc/os-release").FirstOrDefault(line => line.StartsWith("PRETTY_NAME", StringComparison.Ordinal))?.Split('=')[1].Trim('"');
        return string.Create(CultureInfo.InvariantCulture,
            $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC. {Environment.ProcessorCount} × {model}, {system}, kernel {Environment.OSVersion.Version}, {RuntimeInformation.FrameworkDescription}. Load average: {File.ReadAllText("/proc/loadavg").Split(' ')[0]}.");
    }
}
