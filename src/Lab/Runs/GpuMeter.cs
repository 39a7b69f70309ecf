using System.Diagnostics;
using System.Globalization;

namespace Holdfast.Lab.Runs;

/// <summary>Asks nvidia-smi, where it is on PATH, which processes use how much of the GPUs' memory; at most every two seconds.</summary>
internal sealed class GpuMeter(LabOptions options, TimeProvider time)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly string? _program = (options.Environment.GetValueOrDefault("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Join(folder, "nvidia-smi")).FirstOrDefault(File.Exists);
    private readonly SemaphoreSlim _turn = new(1);
    private IReadOnlyDictionary<int, long>? _known;
    private long _asked;

    /// <summary>Bytes by process; null where there is no nvidia-smi, or it does not answer.</summary>
    public async Task<IReadOnlyDictionary<int, long>?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_program is null)
            return null;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_asked != 0 && time.GetElapsedTime(_asked) < Freshness)
                return _known;
            _known = await AskAsync(_program, cancellationToken);
            _asked = time.GetTimestamp();
            return _known;
        }
        finally
        {
            _turn.Release();
        }
    }

    private static async Task<IReadOnlyDictionary<int, long>?> AskAsync(string program, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, ["--query-compute-apps=pid,used_gpu_memory", "--format=csv,noheader,nounits"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            try
            {
                var answer = await process.StandardOutput.ReadToEndAsync(limit.Token);
                await process.WaitForExitAsync(limit.Token);
                return process.ExitCode == 0 ? Parse(answer) : null;
            }
            finally
            {
                if (!process.HasExited)
                    process.Kill();
            }
        }
        catch (Exception fault) when (fault is System.ComponentModel.Win32Exception or IOException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>Lines of process id and MiB; one process may have several.</summary>
    private static Dictionary<int, long> Parse(string csv)
    {
        var bytes = new Dictionary<int, long>();
        foreach (var line in csv.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(',') is [var id, var mebibytes] && int.TryParse(id, NumberStyles.Integer, CultureInfo.InvariantCulture, out var process)
                && long.TryParse(mebibytes, NumberStyles.Integer, CultureInfo.InvariantCulture, out var used))
                bytes[process] = bytes.GetValueOrDefault(process) + (used << 20);
        }
        return bytes;
    }
}
