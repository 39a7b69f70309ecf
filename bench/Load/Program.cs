using System.Globalization;
using System.Runtime.InteropServices;
using Holdfast.Lab.Bench.Figures;
using Holdfast.Lab.Bench.Servers;
using Holdfast.Load.Bench;
using Holdfast.Load.Bench.Kernel;

const string Usage = "usage: bench/Load [ours|peer] [round|flood|sleeper]   (after ./run --build-only; needs gcc and python3-jupyter-server)";
if (args.Any(arg => arg is not ("ours" or "peer" or "round" or "flood" or "sleeper")))
{
    Console.Error.WriteLine(Usage);
    return 2;
}

using var place = Place.Create();
if (place.Problem is { } problem)
{
    Console.Error.WriteLine($"{problem} {Usage}");
    return 2;
}

using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(15));
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
EchoKernel.Install(place);
var only = args.FirstOrDefault(arg => arg is "round" or "flood" or "sleeper");
ServerFigures? ours = null, peer = null;
if (!args.Contains("peer"))
{
    await using var server = new HoldfastServer(place, place.NewFolder("root"));
    ours = await new Course(server) { Only = only }.RunAsync(limit.Token);
}

if (!args.Contains("ours"))
{
    await using var server = new PeerServer(place, place.NewFolder("root"), noDelay: true, noLimits: true, script: "manysockets.py");
    peer = await new Course(server) { Only = only }.RunAsync(limit.Token);
}

if (ours is null || peer is null || only is not null) return 0;
Console.WriteLine(Machine.Describe());
Console.WriteLine();
var table = new Table();
table.Add("Displays lost", $"{ours.Lost}", $"{peer.Lost}", "", "0", ours.Lost == 0 ? "met" : "missed");
table.Add("Displays out of order or twice", $"{ours.OutOfOrder}", $"{peer.OutOfOrder}", "", "0", ours.OutOfOrder == 0 ? "met" : "missed");
table.Add("Round trip at 50 executions a second, median", Ms(ours.Median), Ms(peer.Median), Ratio(ours.Median, peer.Median));
table.Add("… 99th percentile", Ms(ours.Slow), Ms(peer.Slow), Ratio(ours.Slow, peer.Slow));
table.Add("… 99th percentile by median", Ratio(ours.Slow, ours.Median), Ratio(peer.Slow, peer.Median), "", "≤ 5", ours.Slow <= 5 * ours.Median ? "met" : "missed");
var (most, theirs) = (ours.PerSecond.Order().ElementAt(1), peer.PerSecond.Order().ElementAt(1));
table.Add("Messages at the pages a second, all kernels flooding", Range(ours.PerSecond), Range(peer.PerSecond), Ratio(most, theirs), "≥ 10", most >= 10 * theirs ? "met" : "missed");
table.Add("PSS of the server's processes with all pages", Mib(ours.Pss), Mib(peer.Pss), Ratio(ours.Pss, peer.Pss), "≤ 0.25", ours.Pss <= peer.Pss / 4 ? "met" : "missed");
table.Add("… if no other program of its runtime ran", Mib(ours.Alone), Mib(peer.Alone), Ratio(ours.Alone, peer.Alone));
table.Add("A kernel sends 50 MB to 10 pages", Seconds(ours.WithoutSleeper), Seconds(peer.WithoutSleeper), Ratio(ours.WithoutSleeper, peer.WithoutSleeper));
table.Add("… while another page reads nothing", Seconds(ours.WithSleeper), Seconds(peer.WithSleeper), Ratio(ours.WithSleeper, peer.WithSleeper));
table.Add("… growth of PSS at the most", Mib(ours.SleeperGrowth), Mib(peer.SleeperGrowth), "", "≤ 16 MiB", ours.SleeperGrowth <= 16 ? "met" : "missed");
table.Write(Console.Out);
return 0;

void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    limit.Cancel();
}

static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
static string Ms(double value) => Text($"{value:0.00} ms");
static string Mib(double value) => Text($"{value:0.0} MiB");
static string Seconds(double value) => Text($"{value:0.00} s");
static string Ratio(double value, double by) => Text($"{value / by:0.000}");
static string Range(IReadOnlyList<double> values) => Text($"{values.Order().ElementAt(values.Count / 2):0} ({values.Min():0}–{values.Max():0})");
