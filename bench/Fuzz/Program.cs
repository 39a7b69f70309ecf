using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Holdfast.Fuzz;

// How many inputs each target gets; the journal's and HTTP's cost files and a server.
(Func<FuzzTarget> Make, int Share)[] targets =
[
    (() => new WebSocketV1Target(), 250_000), (() => new WebSocketLegacyTarget(), 200_000), (() => new WebSocketFramesTarget(), 200_000), (() => new ZmtpTarget(), 150_000),
    (() => new NotebookTarget(), 130_000), (() => new RecordsTarget(), 100_000), (() => new JournalTarget(), 30_000), (() => new HttpTarget(), 60_000),
];
const string Usage = "usage: bench/Fuzz [--seed N] [--times N] [--only NAME] [--from INPUT]   (a million inputs and some, times N; --only and --from repeat a finding)";
var (seed, times, only, from) = (1, 1.0, (string?)null, 0L);
for (var i = 0; i + 1 < args.Length; i += 2)
{
    switch (args[i])
    {
        case "--seed": seed = int.Parse(args[i + 1], CultureInfo.InvariantCulture); break;
        case "--times": times = double.Parse(args[i + 1], CultureInfo.InvariantCulture); break;
        case "--only": only = args[i + 1]; break;
        case "--from": from = long.Parse(args[i + 1], CultureInfo.InvariantCulture); break;
        default: Console.Error.WriteLine(Usage); return 2;
    }
}

if (args.Length % 2 != 0)
{
    Console.Error.WriteLine(Usage);
    return 2;
}

using var interrupted = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
{
    signal.Cancel = true;
    interrupted.Cancel();
});
Console.WriteLine($"Seed {seed}.");
Console.WriteLine();
Console.WriteLine("| target | inputs | bytes | inputs a second | most allocated for one | findings |");
Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
var (all, findings) = (0L, new List<string>());
foreach (var (make, share) in targets)
{
    var target = make();
    if (only is not null && !target.Name.Contains(only, StringComparison.OrdinalIgnoreCase))
    {
        target.End();
        continue;
    }

    var (began, inputs, bytes, most, finding) = (Stopwatch.GetTimestamp(), 0L, 0L, 0L, (string?)null);
    for (var wanted = (long)(share * times); inputs < wanted && finding is null && !interrupted.IsCancellationRequested;)
    {
        var part = Campaign.Run(target, seed, from + inputs, Math.Min(10_000, wanted - inputs), interrupted.Token);
        (inputs, bytes, most, finding) = (inputs + part.Inputs, bytes + part.Bytes, Math.Max(most, part.MostAllocated), part.Finding);
        Console.Error.Write($"\r{target.Name}: {inputs} of {wanted}   ");
    }

    Console.Error.WriteLine();
    target.End();
    all += inputs;
    if (finding is not null) findings.Add(finding);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"| {target.Name} | {inputs:N0} | {bytes:N0} | {inputs / Stopwatch.GetElapsedTime(began).TotalSeconds:N0} | {(most > 0 ? $"{most / 1024:N0} KiB" : "–")} | {(finding is null ? 0 : 1)} |"));
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| all | {all:N0} | | | | {findings.Count} |"));
foreach (var finding in findings) Console.WriteLine($"\n{finding}");
return findings.Count == 0 ? 0 : 1;
