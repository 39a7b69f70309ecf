using System.Globalization;

namespace Holdfast.Journal.Bench;

/// <summary>Work that both sides do; they answer the bytes of payload they moved.</summary>
internal interface IWork
{
    int Records { get; }

    void Prepare(string folder);

    long Journal(string folder);

    long Peer(string folder);
}

/// <summary>One row of the table.</summary>
internal sealed class Measure(string what, string peer, IWork work)
{
    private readonly List<double> _journal = [];
    private readonly List<double> _peer = [];
    private readonly List<double> _rate = [];
    private double _allocated = double.MaxValue;

    /// <summary>Runs both once; who is first changes from round to round, because a disk slows down under load.</summary>
    public void Run(string folder, bool peerFirst)
    {
        work.Prepare(folder);
        if (peerFirst) RunPeer(folder);
        RunJournal(folder);
        if (!peerFirst) RunPeer(folder);
    }

    private void RunPeer(string folder) => _peer.Add(Time(() => work.Peer(folder)).Speed);

    private void RunJournal(string folder)
    {
        var before = GC.GetTotalAllocatedBytes(true);
        var (speed, seconds) = Time(() => work.Journal(folder));
        _allocated = Math.Min(_allocated, (double)(GC.GetTotalAllocatedBytes(true) - before) / work.Records);
        _journal.Add(speed);
        _rate.Add(work.Records / seconds);
    }

    public string ToRow() => string.Create(CultureInfo.InvariantCulture,
        $"| {what} | {Median(_rate):N0} | {Median(_journal):N0} | {_allocated:0.0} | {peer} | {Median(_peer):N0} | {Median(_journal) / Median(_peer):0.00} |");

    private static (double Speed, double Seconds) Time(Func<long> work)
    {
        var start = TimeProvider.System.GetTimestamp();
        var bytes = work();
        var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        return (bytes / seconds / 1e6, seconds);
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
