using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Holdfast.Cli.Jobs;

/// <summary>Files as one archive, gzipped tar, of which the same files give the same bytes.</summary>
internal sealed class CodeArchive : IDisposable
{
    /// <summary>Bytes of all files of a job's code at most.</summary>
    public const long Most = 500_000_000;

    private const int Listed = 10, MostFiles = 200_000;
    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Program = Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // Not 1970: what makes zip files of packages takes no time before 1980.
    private static readonly DateTimeOffset Time = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private CodeArchive(FileStream file, string hash) => (File, Hash) = (file, hash);

    /// <summary>The archive, in a file that goes with this.</summary>
    public FileStream File { get; }

    /// <summary>The SHA-256 of the archive, in hexadecimal digits.</summary>
    public string Hash { get; }

    /// <summary>What keeps files from being packed, with the mend; null when nothing does.</summary>
    public static string? Problem(IReadOnlyList<CodeFile> files)
    {
        if (files.FirstOrDefault(file => file.Link is not null && !file.LeadsInside()) is { } link)
            return $"{link.Path} is a link to {link.Link}, which is not a part of the code; mend: a line '{link.Path}' in .holdfastignore, and its data on /storage.";
        if (files.Count > MostFiles) return $"the code has {files.Count} files, more than {MostFiles}; mend: lines in .holdfastignore for what the job does not need, or --code DIR names another folder.";
        var bytes = files.Sum(file => file.Length);
        if (bytes <= Most) return null;
        var largest = files.OrderByDescending(file => file.Length).Take(Listed).Select(file => $"  {ByteText.Of(file.Length),9}  {file.Path}");
        return $"the code has {ByteText.Of(bytes)}, more than {ByteText.Of(Most)}. The largest of {Output.Count(files.Count, "file")}:\n{string.Join('\n', largest)}\nMend: lines in .holdfastignore for what the job does not need; data belongs on /storage; --code DIR names another folder.";
    }

    /// <summary>Packs files. A file that changes meanwhile is a fault.</summary>
    /// <param name="files">In their order.</param>
    /// <param name="packed">Is told how many bytes of them are in.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<(CodeArchive? Archive, string? Problem)> PackAsync(IReadOnlyList<CodeFile> files, Action<long> packed, CancellationToken cancellationToken)
    {
        var archive = new FileStream(Path.Combine(Path.GetTempPath(), $"holdfast-{Guid.NewGuid():n}.tar.gz"), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        try
        {
            await using (var gzip = new GZipStream(archive, CompressionLevel.Fastest, leaveOpen: true))
            await using (var tar = new TarWriter(gzip, TarEntryFormat.Gnu))
            {
                var bytes = 0L;
                foreach (var file in files)
                {
                    if (!await WriteAsync(tar, file, cancellationToken))
                    {
                        await archive.DisposeAsync();
                        return (null, $"{file.Path} was changed while it was packed; mend: once more, or a line for it in .holdfastignore.");
                    }
                    packed(bytes += file.Length);
                }
            }
            archive.Position = 0;
            return (new CodeArchive(archive, Convert.ToHexStringLower(await SHA256.HashDataAsync(archive, cancellationToken))), null);
        }
        catch
        {
            await archive.DisposeAsync();
            throw;
        }
    }

    public void Dispose() => File.Dispose();

    /// <summary>Writes one; false when it is not as long as it was.</summary>
    private static async Task<bool> WriteAsync(TarWriter tar, CodeFile file, CancellationToken cancellationToken)
    {
        // GNU's format: the other one writes this process's id into long names.
        var entry = new GnuTarEntry(file.Link is null ? TarEntryType.RegularFile : TarEntryType.SymbolicLink, file.Path)
        {
            Mode = file.IsProgram || file.Link is not null ? Program : Plain,
            ModificationTime = Time,
            AccessTime = default,
            ChangeTime = default,
        };
        if (file.Link is not null) entry.LinkName = file.Link;
        // What is empty is not opened: it may be a named pipe, and nobody would write there.
        await using var content = file.Content is { } made ? new MemoryStream(made) : file.Source is { } source && file.Length > 0 ? System.IO.File.OpenRead(source) : Stream.Null;
        if (file.Link is null && content != Stream.Null) entry.DataStream = content;
        if (content.Length != (content == Stream.Null ? 0 : file.Length)) return false;
        await tar.WriteEntryAsync(entry, cancellationToken);
        return content == Stream.Null || content.Position == file.Length;
    }
}
