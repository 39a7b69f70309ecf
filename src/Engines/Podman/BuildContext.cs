using System.Formats.Tar;
using System.IO.Enumeration;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Podman;

/// <summary>What a build sends: the Containerfile, and all that is beside it, as an archive that is written as it is sent.</summary>
internal sealed class BuildContext : HttpContent
{
    /// <summary>The Containerfile's name in the archive.</summary>
    public const string FileName = "Containerfile";

    private const string OldName = "Dockerfile";
    private const int LargestContainerfile = 1 << 20;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private readonly ImageBuild _build;
    private readonly string _containerfile;

    private BuildContext(ImageBuild build, string containerfile)
    {
        (_build, _containerfile) = (build, containerfile);
        Headers.ContentType = new MediaTypeHeaderValue("application/x-tar");
    }

    /// <summary>The content; a fault when there is no Containerfile.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">The archive is none.</exception>
    public static async Task<EngineResult<BuildContext>> OpenAsync(ImageBuild build, CancellationToken cancellationToken)
    {
        var text = build.Containerfile
            ?? (build.Archive is { } archive ? await FindAsync(archive, FileName, cancellationToken) ?? await FindAsync(archive, OldName, cancellationToken)
                : await ReadAsync(Path.Combine(build.Context, FileName), cancellationToken) ?? await ReadAsync(Path.Combine(build.Context, OldName), cancellationToken));
        return text is null ? new EngineFault("bad-spec", $"There is no {FileName} for {build.Repository}; mend: write one (FROM, RUN, COPY …) at the top of the folder.")
            : text.Length > LargestContainerfile ? new EngineFault("bad-spec", $"The {FileName} has more than {LargestContainerfile >> 20} MB.")
            : new BuildContext(build, FixedTime.In(text));
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using var writer = new TarWriter(stream, leaveOpen: true);
        using var containerfile = new MemoryStream(Encoding.UTF8.GetBytes(_containerfile));
        await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, FileName) { DataStream = containerfile, Mode = FileMode }, cancellationToken);
        foreach (var (name, path) in _build.Beside.OrderBy(file => file.Key, StringComparer.Ordinal)) await writer.WriteEntryAsync(path, $"beside/{name}", cancellationToken);
        if (_build.Archive is { } archive) await CopyAsync(archive, writer, cancellationToken);
        else
        {
            if (_build.Containerfile is not null) await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, "context") { Mode = FolderMode }, cancellationToken);
            foreach (var path in Paths(_build.Context))
            {
                var name = Path.GetRelativePath(_build.Context, path);
                if (name != FileName || _build.Containerfile is not null) await writer.WriteEntryAsync(path, _build.Containerfile is null ? name : $"context/{name}", cancellationToken);
            }
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    /// <summary>All that is in a folder, in an order; what a symbolic link leads to is not.</summary>
    private static IEnumerable<string> Paths(string folder) =>
        new FileSystemEnumerable<string>(folder, (ref FileSystemEntry entry) => entry.ToFullPath(), new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false })
        {
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        }.Order(StringComparer.Ordinal);

    private static async Task CopyAsync(Stream archive, TarWriter writer, CancellationToken cancellationToken)
    {
        archive.Position = 0;
        await using var reader = new TarReader(archive, leaveOpen: true);
        while (await reader.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            if (entry.EntryType != TarEntryType.GlobalExtendedAttributes && NameOf(entry) is not (FileName or "" or ".")) await writer.WriteEntryAsync(entry, cancellationToken);
        }
    }

    private static async Task<string?> FindAsync(Stream archive, string name, CancellationToken cancellationToken)
    {
        archive.Position = 0;
        await using var reader = new TarReader(archive, leaveOpen: true);
        while (await reader.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            if (NameOf(entry) != name || entry.DataStream is not { Length: <= LargestContainerfile } data) continue;
            using var text = new StreamReader(data, leaveOpen: true);
            return await text.ReadToEndAsync(cancellationToken);
        }

        return null;
    }

    private static string NameOf(TarEntry entry) => entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..].TrimEnd('/') : entry.Name.TrimEnd('/');

    private static async Task<string?> ReadAsync(string file, CancellationToken cancellationToken) => File.Exists(file) ? await File.ReadAllTextAsync(file, cancellationToken) : null;
}
