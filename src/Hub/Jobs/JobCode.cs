using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Jobs;

/// <summary>The code of jobs: archives that were sent, unpacked once, each in a folder that its hash names.</summary>
internal sealed class JobCode(HubFolders folders, TimeProvider time)
{
    /// <summary>Most bytes of an archive, and of what is in it.</summary>
    public const long Most = 600_000_000;

    private const int MostFiles = 200_000;

    /// <summary>Code that was sent before; null when it was not.</summary>
    public CodeView? Find(string hash)
    {
        var note = Path.Combine(folders.CodeOf(hash), Note);
        return File.Exists(note) && File.ReadAllText(note).Split(' ') is [var files, var bytes] ? new CodeView($"sha256:{hash}", int.Parse(files), long.Parse(bytes)) : null;
    }

    /// <summary>Takes an archive (tar, compressed with gzip), whose hash must be the one that is said. Nothing is left of one that cannot be taken.</summary>
    public async Task<HubResult<CodeView>> TakeAsync(string hash, Stream archive, CancellationToken cancellationToken)
    {
        if (Find(hash) is { } known) return known;
        var staging = HubFolders.Make(folders.CodeOf($".new-{Guid.NewGuid():N}"));
        try
        {
            var file = Path.Combine(staging, "archive");
            if (await ReceiveAsync(archive, file, cancellationToken) is not { } received) return new HubFault("bad-request", $"The archive has more than {Most / 1_000_000} MB; mend: name what is not needed in .holdfastignore.");
            if (received != hash) return new HubFault("bad-request", $"The archive's hash is {received}, and {hash} was said: it has changed on its way; mend: send it again.");
            var files = HubFolders.Make(Path.Combine(staging, Path.GetFileName(folders.CodeFilesOf(hash))));
            var (count, bytes) = await UnpackAsync(file, files, cancellationToken);
            File.Delete(file);
            await File.WriteAllTextAsync(Path.Combine(staging, Note), $"{count} {bytes}", cancellationToken);
            try
            {
                Directory.Move(staging, folders.CodeOf(hash));
            }
            catch (IOException) when (Find(hash) is not null)
            {
                // Somebody else has sent the same at the same time.
            }
            return Find(hash)!;
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException or FormatException or ArgumentException)
        {
            return new HubFault("bad-request", $"The archive cannot be unpacked: {fault.Message}");
        }
        finally
        {
            FolderCopy.Remove(staging);
        }
    }

    /// <summary>Removes code that no job names, and what a hub that was killed has left of an archive. What was sent within a day may yet be submitted.</summary>
    /// <param name="named">The codes that jobs name, as they name them.</param>
    public void Clear(IReadOnlyCollection<string> named)
    {
        var all = new DirectoryInfo(Path.GetDirectoryName(folders.CodeOf("x"))!);
        foreach (var folder in all.Exists ? all.EnumerateDirectories() : [])
        {
            if (!named.Contains($"sha256:{folder.Name}") && folder.LastWriteTimeUtc < time.GetUtcNow() - Unsubmitted) FolderCopy.Remove(folder.FullName);
        }
    }

    private const string Note = "note";
    private static readonly TimeSpan Unsubmitted = TimeSpan.FromDays(1);

    private static async Task<string?> ReceiveAsync(Stream archive, string file, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var target = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
        var buffer = new byte[128 << 10];
        while (await archive.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            if (target.Length + count > Most) return null;
            hash.AppendData(buffer.AsSpan(0, count));
            await target.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>Regular files, folders, and links that stay in it: what else is in an archive is no code.</summary>
    private static async Task<(int Files, long Bytes)> UnpackAsync(string archive, string folder, CancellationToken cancellationToken)
    {
        await using var compressed = File.OpenRead(archive);
        await using var unpacked = new GZipStream(compressed, CompressionMode.Decompress);
        await using var tar = new TarReader(unpacked);
        var (files, bytes) = (0, 0L);
        while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            var path = Inside(folder, entry.Name);
            if (++files > MostFiles) throw new InvalidDataException($"it has more than {MostFiles} files.");
            switch (entry.EntryType)
            {
                case TarEntryType.Directory:
                    Directory.CreateDirectory(path);
                    files--;
                    break;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile:
                    if ((bytes += entry.Length) > Most) throw new InvalidDataException($"its files have more than {Most / 1_000_000} MB.");
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                    await entry.ExtractToFileAsync(path, overwrite: false, cancellationToken);
                    break;
                case TarEntryType.SymbolicLink:
                    _ = Inside(folder, Path.Combine(Path.GetDirectoryName(entry.Name) ?? "", entry.LinkName));
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                    File.CreateSymbolicLink(path, entry.LinkName);
                    break;
                case TarEntryType.GlobalExtendedAttributes:
                    files--;
                    break;
                default:
                    throw new InvalidDataException($"{entry.Name} is neither a file nor a folder nor a link.");
            }
        }
        return (files, bytes);
    }

    /// <summary>Where an entry is to be; each folder on the way is a folder, so that no link of the archive's leads out.</summary>
    private static string Inside(string folder, string name)
    {
        var path = Path.GetFullPath(Path.Combine(folder, name.TrimEnd('/')));
        if (path != folder && !path.StartsWith($"{folder}/", StringComparison.Ordinal)) throw new InvalidDataException($"{name} leads out of it.");
        for (var above = Path.GetDirectoryName(path); above is not null && above.Length > folder.Length; above = Path.GetDirectoryName(above))
            if (new FileInfo(above).LinkTarget is not null) throw new InvalidDataException($"{name} lies behind a link.");
        return path;
    }
}
