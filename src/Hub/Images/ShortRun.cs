using System.Text;
using Holdfast.Engines.Contract;

namespace Holdfast.Hub.Images;

/// <summary>How a workload ended that had to end soon.</summary>
/// <param name="ExitCode">Of its command; 124 when it was ended.</param>
/// <param name="Output">The last of what it said.</param>
/// <param name="Took">From its start to its end.</param>
/// <param name="IsLate">Whether it was ended because it took too long.</param>
internal sealed record ShortRun(int ExitCode, string Output, TimeSpan Took, bool IsLate)
{
    private const int MostOutput = 64 << 10, OutOfTime = 124;

    /// <summary>Waits for the end of a workload that was started, or brings it about.</summary>
    /// <param name="engine">Where it runs.</param>
    /// <param name="id">The workload.</param>
    /// <param name="output">The file with what it says.</param>
    /// <param name="longest">How long it may run.</param>
    /// <param name="time">Tells when that is over.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public static async Task<EngineResult<ShortRun>> EndAsync(IEngine engine, string id, string output, TimeSpan longest, TimeProvider time, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var (ended, isLate) = await WaitAsync(engine, id, longest, time, cancellationToken);
        if (!ended.Ok) return ended.Fault;
        var said = await ReadAsync(output, cancellationToken) + (isLate ? $"\nIt was ended after {longest.TotalMinutes:0} minutes.\n" : "");
        return new ShortRun(isLate ? OutOfTime : ended.Value.ExitCode ?? OutOfTime, said, time.GetElapsedTime(began), isLate);
    }

    private static async Task<(EngineResult<WorkloadStatus> Status, bool IsLate)> WaitAsync(IEngine engine, string id, TimeSpan longest, TimeProvider time, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return (await engine.WaitAsync(id, either.Token), false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (await engine.StopAsync(id, TimeSpan.FromSeconds(1), cancellationToken), true);
        }
    }

    private static async Task<string> ReadAsync(string file, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Position = Math.Max(0, stream.Length - MostOutput);
        using var text = new StreamReader(stream, Encoding.UTF8);
        return await text.ReadToEndAsync(cancellationToken);
    }
}
