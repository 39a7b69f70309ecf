using System.Runtime.InteropServices;
using Holdfast.Lab.Bench.Figures;
using Holdfast.Lab.Bench.Parts;
using Holdfast.Lab.Bench.Servers;

const string Usage = "usage: bench/Lab [roundtrip|cpu|start|memory|get|list|flood|recording|all] ...   (after ./run --build-only; needs python3-jupyter-server, python3-ipykernel)";
var parts = new Dictionary<string, Func<Place, Table, CancellationToken, Task>>
{
    ["start"] = StartTime.RunAsync,
    ["memory"] = IdleMemory.RunAsync,
    ["roundtrip"] = RoundTrip.RunAsync,
    ["get"] = NotebookTransfer.RunAsync,
    ["list"] = FolderListing.RunAsync,
    ["cpu"] = Displays.RunAsync,
    ["flood"] = Flood.RunAsync,
    ["recording"] = Recording.RunAsync,
};

var extra = new Dictionary<string, Func<Place, Table, CancellationToken, Task>> { ["profile"] = Displays.ProfileAsync };
string[] wanted = args is [] or ["all"] ? [.. parts.Keys] : args;
if (wanted.FirstOrDefault(name => !parts.ContainsKey(name) && !extra.ContainsKey(name)) is { } unknown)
{
    Console.Error.WriteLine($"{unknown} is no part. {Usage}");
    return 2;
}

using var place = Place.Create();
if (place.Problem is { } problem)
{
    Console.Error.WriteLine($"{problem} {Usage}");
    return 2;
}

using var interrupted = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);

var table = new Table();
var failed = 0;
foreach (var name in wanted)
{
    using var bounded = CancellationTokenSource.CreateLinkedTokenSource(interrupted.Token);
    bounded.CancelAfter(TimeSpan.FromMinutes(8));
    Console.Error.WriteLine($"{name} ...");
    try
    {
        await (parts.GetValueOrDefault(name) ?? extra[name])(place, table, bounded.Token);
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine($"{name}: {(interrupted.IsCancellationRequested ? "interrupted" : "not done in 8 minutes")}");
        failed = 1;
        if (interrupted.IsCancellationRequested) break;
    }
}

Console.WriteLine(Machine.Describe());
Console.WriteLine();
table.Write(Console.Out);
return failed;

// Servers and kernels are ended on the way out, whoever stops the run.
void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    interrupted.Cancel();
}
