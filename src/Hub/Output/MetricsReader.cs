using Holdfast.Hub.Jobs;
using Holdfast.Hub.Storage;

namespace Holdfast.Hub.Output;

/// <summary>The metrics of jobs. What was read of a file is kept, within bounds, and only what was added is read when it is asked for again.</summary>
internal sealed class MetricsReader(JobArtifacts artifacts, TimeProvider time)
{
    /// <summary>About 50 MB.</summary>
    private const int MostPoints = 1_000_000, AtLeast = 100;
    private readonly Dictionary<string, Known> _known = [];

    /// <summary>All that a job has logged.</summary>
    /// <param name="job">The job.</param>
    /// <param name="names">Only these metrics; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="points">Whether points are wanted, besides what is known of all of them.</param>
    public JobMetrics Read(JobRecord job, IReadOnlyCollection<string>? names, CancellationToken cancellationToken, bool points = true)
    {
        using var file = artifacts.OpenMetrics(job);
        if (file is null) return new JobMetrics([], 0, 0, 0);
        var inode = Posix.Status(file.SafeFileHandle)?.Inode ?? 0;
        Known known;
        lock (_known)
        {
            if (!_known.TryGetValue(job.Id, out known!) || known.Inode != inode) _known[job.Id] = known = new Known(inode);
            known.Used = time.GetTimestamp();
        }
        JobMetrics read;
        lock (known)
        {
            // A file that is shorter than it was is a new one.
            if (file.Length < known.File.Position) known.File = new MetricsFile();
            known.File.Read(file, cancellationToken);
            known.Size = AtLeast + known.File.Size;
            read = known.File.Of(names, points);
        }
        Forget();
        return read;
    }

    /// <summary>What a job has logged from a position on; from 0 when the file is shorter by now.</summary>
    public JobMetrics ReadFrom(JobRecord job, long from, IReadOnlyCollection<string>? names, CancellationToken cancellationToken)
    {
        using var file = artifacts.OpenMetrics(job);
        if (file is null) return new JobMetrics([], 0, 0, 0);
        var part = new MetricsFile(from <= file.Length ? from : 0);
        part.Read(file, cancellationToken);
        return part.Of(names);
    }

    /// <summary>Lets go of what was used least recently.</summary>
    private void Forget()
    {
        lock (_known)
        {
            var points = _known.Values.Sum(known => known.Size);
            foreach (var (id, known) in _known.OrderBy(known => known.Value.Used).ToList())
            {
                if (points <= MostPoints) return;
                points -= known.Size;
                _known.Remove(id);
            }
        }
    }

    private sealed class Known(ulong inode)
    {
        public ulong Inode => inode;
        public MetricsFile File { get; set; } = new();
        public long Used { get; set; }
        public int Size { get; set; }
    }
}
