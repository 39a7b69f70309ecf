using System.Globalization;
using System.Security.Cryptography;
using Holdfast.Engines.Host;
using Holdfast.Engines.Slurm.Containers;

namespace Holdfast.Engines.Slurm;

/// <summary>One thing that was looked at.</summary>
/// <param name="Subject">What: <c>slurm</c>, <c>partition NAME</c>, <c>accounting</c>, <c>node NAME</c>.</param>
/// <param name="Text">What was found.</param>
/// <param name="Mend">What to do about it; null when nothing is to be done.</param>
/// <param name="IsBad">Whether jobs do not run there as long as it is so.</param>
public sealed record SlurmFinding(string Subject, string Text, string? Mend = null, bool IsBad = false);

/// <summary>Looks at a cluster: its partitions, and from its nodes at the folders that they are to share with the hub.</summary>
/// <param name="settings">The cluster.</param>
public sealed class SlurmSurvey(SlurmSettings settings)
{
    private const int MostNodes = 8;
    private const string Folders = """
        for folder in "$@"; do
          seen=$(cat "$folder/$HOLDFAST_PROBE" 2>/dev/null)
          if [ "$seen" != "$HOLDFAST_PROBE" ]; then echo "folder|$folder|missing||"; continue; fi
          from=$(date +%s%N) made=yes
          for i in 1 2 3 4 5 6 7 8 9 10; do { echo "$i" >"$folder/$HOLDFAST_PROBE.$SLURMD_NODENAME" && mv "$folder/$HOLDFAST_PROBE.$SLURMD_NODENAME" "$folder/$HOLDFAST_PROBE.of-$SLURMD_NODENAME"; } 2>/dev/null || made=no; done
          echo "folder|$folder|$made|$(df -Pk "$folder" | awk 'NR == 2 { print $4 }')|$((($(date +%s%N) - from) / 10000))"
        done
        [ -z "$HOLDFAST_FILE" ] || { [ -x "$HOLDFAST_FILE" ] && echo "file|$(sha256sum <"$HOLDFAST_FILE" | cut -d ' ' -f 1)" || echo 'file|'; }
        for program in setsid pkill setpriv; do command -v "$program" >/dev/null && echo "program|$program"; done
        echo "user|$(id -u)"

        """;

    private static readonly string Programs = string.Concat(NodeContainers.All.Select(container => $"if {container.Test}; then echo 'program|{container.Name}'; fi\n"));

    private readonly SlurmProgram _slurm = new(settings);

    /// <summary>What was found; the probes are removed.</summary>
    /// <param name="folders">Folders that nodes are to share with this host and to write, those that exist.</param>
    /// <param name="program">A program that they are to run, which need not be writable; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<SlurmFinding>> RunAsync(IReadOnlyList<string> folders, string? program, CancellationToken cancellationToken)
    {
        // 1. Whether it answers.
        var faults = await SlurmCheck.RunAsync(_slurm, settings, cancellationToken);
        if (faults.Count > 0) return [.. faults.Select(fault => Bad("slurm", fault.Message))];
        var version = (await _slurm.RunAsync("sbatch", ["--version"], cancellationToken)).Value!.Trim();
        var findings = new List<SlurmFinding> { new("slurm", $"{version}, slurmctld answers.") };

        // 2. What it has.
        var partitions = await _slurm.RunAsync("sinfo", ["--noheader", "--format=%P|%a|%l|%D|%c|%m|%G|%A"], cancellationToken);
        if (!partitions.Ok) return [.. findings, Bad("slurm", partitions.Fault.Message)];
        findings.AddRange(Lines(partitions.Value).Select(words => words[1] == "up"
            ? new SlurmFinding($"partition {words[0]}", $"{words[3]} nodes (allocated/idle {words[7]}), {words[4]} processors and {words[5]} MB each, {(words[6] == "(null)" ? "no GPUs" : words[6])}, at most {words[2]}")
            : new SlurmFinding($"partition {words[0]}", $"it is {words[1]}.", "another partition, or who administers the cluster opens it")));
        findings.Add((await _slurm.RunAsync("sacct", ["--noheader", "--allocations", "--jobs=1"], cancellationToken)).Ok
            ? new SlurmFinding("accounting", "sacct answers: how a job ended is known however long ago that was.")
            : new SlurmFinding("accounting", "there is none: how a job ended is known from what its step writes, and from Slurm for some minutes (MinJobAge)."));

        // 3. What its nodes see.
        return [.. findings, .. await NodesAsync(folders, program, cancellationToken)];
    }

    private async Task<List<SlurmFinding>> NodesAsync(IReadOnlyList<string> folders, string? program, CancellationToken cancellationToken)
    {
        var probe = $".holdfast-doctor-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        List<string> only = settings.Partition is { } partition ? [$"--partition={partition}"] : [];
        var idle = await _slurm.RunAsync("sinfo", ["--noheader", "--Node", "--format=%N|%T", .. only], cancellationToken);
        if (!idle.Ok) return [Bad("nodes", idle.Fault.Message)];
        var nodes = Lines(idle.Value).Select(words => (Name: words[0], State: words[1])).Distinct().ToList();
        var findings = nodes.Where(node => node.State is not ("idle" or "mixed")).Select(node => new SlurmFinding($"node {node.Name}", $"it is {node.State} and was not looked at.")).ToList();
        var hash = program is null ? null : Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(program, cancellationToken)));
        try
        {
            foreach (var folder in folders) await File.WriteAllTextAsync(Path.Combine(folder, probe), probe, cancellationToken);
            foreach (var (name, _) in nodes.Where(node => node.State is "idle" or "mixed").Take(MostNodes))
            {
                var said = await _slurm.RunAsync("srun",
                    ["--quiet", "--immediate=20", "--nodes=1", "--ntasks=1", $"--nodelist={name}", "--time=1", "--mem=50M", "--chdir=/", "--job-name=holdfast-doctor", .. only, "/bin/sh", "-c", $"HOLDFAST_PROBE={Shell.Quote(probe)} HOLDFAST_FILE={Shell.Quote(program ?? "")}\n{Folders}{Programs}", "sh", .. folders], cancellationToken);
                if (said.Ok && program is not null && !Lines(said.Value).Any(words => words is ["file", var seen] && seen == hash)) findings.Add(Bad($"node {name}", $"{program} is not the hub's there; mend: the program on a file system that hub and nodes share, or installed at the same place."));
                findings.AddRange(said.Ok ? Of(name, folders, probe, Lines(said.Value)) : [Bad($"node {name}", said.Fault.Message)]);
            }
        }
        finally
        {
            foreach (var left in folders.SelectMany(folder => Directory.EnumerateFiles(folder, $"{probe}*"))) File.Delete(left);
        }
        return findings;
    }

    private IEnumerable<SlurmFinding> Of(string node, IReadOnlyList<string> folders, string probe, List<string[]> lines)
    {
        var subject = $"node {node}";
        var programs = lines.Where(words => words[0] == "program").Select(words => words[1]).ToList();
        foreach (var words in lines.Where(words => words is ["folder", _, _, _, _]))
        {
            var folder = words[1];
            if (words[2] == "missing") yield return Bad(subject, $"{folder} is not the hub's there; mend: a file system that hub and nodes share, mounted at the same place (docs/slurm.md).");
            else if (words[2] == "no") yield return Bad(subject, $"{folder} cannot be written there; mend: the same user with the same number on hub and nodes, and no root_squash for a hub that runs as root.");
            else if (!File.Exists(Path.Combine(folder, $"{probe}.of-{node}"))) yield return Bad(subject, $"what it writes into {folder} is not seen by the hub; mend: a file system that both share.");
            else yield return new SlurmFinding(subject, $"{folder} is shared: {Free(words[3])} free, {int.Parse(words[4], CultureInfo.InvariantCulture) / 1000.0:0.0} ms to make and rename a file.");
        }
        if (!lines.Any(words => words[0] == "folder") && folders.Count > 0) yield return Bad(subject, "a step there said nothing; mend: srun hostname, by hand.");
        foreach (var program in ((string[])["setsid", "pkill"]).Except(programs)) yield return Bad(subject, $"it has no {program}; mend: install util-linux and procps there.");
        if (!programs.Contains("setpriv")) yield return new SlurmFinding(subject, "it has no setpriv: a command whose keeper is killed alone goes on until its lease ends.", "install util-linux 2.33 or newer there");
        yield return Images(subject, [.. NodeContainers.All.Select(container => container.Name).Intersect(programs)]);
        if (lines.FirstOrDefault(words => words[0] == "user") is [_, var user] && user != Native.UserId().ToString(CultureInfo.InvariantCulture)) yield return Bad(subject, $"the hub's user has the number {user} there; mend: the same number on all hosts.");
    }

    /// <summary>By what images run on a node.</summary>
    private SlurmFinding Images(string subject, IReadOnlyList<string> there)
    {
        var all = SlurmSettings.AllContainers;
        if (there.Count == 0) return new SlurmFinding(subject, $"it has no {string.Join(", no ", all)}: jobs with an image do not run there.", "install one of them there, when images are wanted");
        if (settings.Containers is { } only && !there.Contains(only)) return new SlurmFinding(subject, $"it has no {only}, by which images are to run: jobs with an image do not run there.", $"install it there, or slurm.containers in hub.yaml (there is {string.Join(", ", there)})");
        var used = settings.Containers ?? there[0];
        return new SlurmFinding(subject, $"images run by {used}{(there.Count > 1 ? $"; there is {string.Join(", ", there.Where(name => name != used))}, too (slurm.containers in hub.yaml)" : "")}.");
    }

    private static string Free(string kilobytes) => long.TryParse(kilobytes, CultureInfo.InvariantCulture, out var number) ? $"{number / 1_000_000.0:0.#} GB" : "unknown";

    private static List<string[]> Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim().Split('|'))];

    private static SlurmFinding Bad(string subject, string message) =>
        message.Split("; mend: ", 2) is [var text, var mend] ? new SlurmFinding(subject, $"{text}.", mend.TrimEnd('.'), IsBad: true) : new SlurmFinding(subject, message, null, IsBad: true);
}
