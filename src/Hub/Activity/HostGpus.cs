using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Holdfast.Hub.Activity;

/// <summary>What GPUs do.</summary>
/// <param name="Utilisation">0 to 1: the part of the last moments in which they computed, of several on average.</param>
/// <param name="Memory">Bytes.</param>
internal readonly record struct GpuUse(double Utilisation, long Memory)
{
    /// <summary>What these GPUs do together; null when nothing is known of one.</summary>
    public static GpuUse? Of(IReadOnlyDictionary<int, GpuUse> all, IReadOnlyList<int> gpus) => gpus.Count > 0 && gpus.All(all.ContainsKey)
        ? new GpuUse(gpus.Average(gpu => all[gpu].Utilisation), gpus.Sum(gpu => all[gpu].Memory))
        : null;
}

/// <summary>Asks nvidia-smi of this host, where it is on PATH.</summary>
internal static class HostGpus
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>By index; empty where there is no nvidia-smi, or it does not answer.</summary>
    public static async Task<IReadOnlyDictionary<int, GpuUse>> ReadAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            using var process = Process.Start(new ProcessStartInfo("nvidia-smi", ["--query-gpu=index,utilization.gpu,memory.used", "--format=csv,noheader,nounits"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            try
            {
                var answer = await process.StandardOutput.ReadToEndAsync(limit.Token);
                await process.WaitForExitAsync(limit.Token);
                return process.ExitCode == 0 ? Parse(answer) : new Dictionary<int, GpuUse>();
            }
            finally
            {
                if (!process.HasExited) process.Kill();
            }
        }
        catch (Exception fault) when (fault is Win32Exception or IOException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new Dictionary<int, GpuUse>();
        }
    }

    /// <summary>Lines of index, percent and MiB. A GPU that does not know its utilisation (<c>[N/A]</c>) is left out.</summary>
    private static Dictionary<int, GpuUse> Parse(string csv)
    {
        var found = new Dictionary<int, GpuUse>();
        foreach (var line in csv.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(',') is [var index, var percent, var mebibytes] && int.TryParse(index, NumberStyles.Integer, CultureInfo.InvariantCulture, out var gpu)
                && double.TryParse(percent, NumberStyles.Float, CultureInfo.InvariantCulture, out var busy) && long.TryParse(mebibytes, NumberStyles.Integer, CultureInfo.InvariantCulture, out var used))
                found[gpu] = new GpuUse(busy / 100, used << 20);
        }
        return found;
    }
}
