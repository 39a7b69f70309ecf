using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Host;

/// <summary>Where workloads are, for all processes with the same index folder: a link from each id to its scratch folder.</summary>
internal sealed class WorkloadIndex
{
    private const int Turns = 64;
    private readonly string _folder;

    /// <param name="folder">Made with mode 0700 when it is missing.</param>
    public WorkloadIndex(string folder)
    {
        _folder = Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
    }

    /// <summary>The index folder.</summary>
    public string Folder => _folder;

    /// <summary>Ids of all workloads.</summary>
    public IEnumerable<string> Ids => Directory.EnumerateFileSystemEntries(_folder).Select(path => Path.GetFileName(path)!).Where(WorkloadSpec.IsId);

    /// <summary>The folder of a workload; null when there is none.</summary>
    public WorkloadFolder? Find(string id) => ScratchOf(id) is { } scratch && Directory.Exists(scratch) ? new WorkloadFolder(scratch) : null;

    /// <summary>Where the folder of a workload is, or was; null when the id is not known.</summary>
    public string? ScratchOf(string id) => WorkloadSpec.IsId(id) ? new FileInfo(Path.Combine(_folder, id)).LinkTarget : null;

    /// <summary>Makes an id known.</summary>
    public void Add(string id, string scratch)
    {
        Remove(id);
        File.CreateSymbolicLink(Path.Combine(_folder, id), scratch);
    }

    /// <summary>Lets an id go.</summary>
    public void Remove(string id) => File.Delete(Path.Combine(_folder, id));

    /// <summary>
    /// Waits for the turn of an id across all processes, until the result is disposed of. The locks are few and stay: one that was removed could be held
    /// by two, and two ids that share one only wait a little.
    /// </summary>
    public async Task<IDisposable> TurnAsync(string id, CancellationToken cancellationToken)
    {
        var file = Path.Combine(_folder, $".turn-{id.Sum(letter => letter) % Turns}");
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(file))
            {
                await Task.Delay(5, cancellationToken);
            }
        }
    }
}
