using Holdfast.Lab.Posix;
using Holdfast.Lab.Recording;

namespace Holdfast.Lab.Contents;

/// <summary>What a save did: the entry as it is now, what people should be told, and for a notebook with a record how they were brought together.</summary>
internal sealed record Saved(Entry Entry, string? Message = null, SaveMerge? Merge = null);

/// <summary>PUT and the making of new files, notebooks and folders.</summary>
internal sealed class ContentsSaving(LabOptions options, NotebookSaving notebooks, Uploads uploads, ResumedUploads resumed)
{
    /// <summary>Saves over what is there.</summary>
    public (Saved? Saved, ContentsFault? Fault) Save(ContentsPath path, ContentsBody body)
    {
        if (body.Type is null)
            return (null, ContentsFault.Bad("No file type provided"));
        if (body.Chunk is not null && body.Type != Entry.File)
            return (null, ContentsFault.Bad($"File type \"{body.Type}\" is not supported for large file transfer"));
        if (body.Content is null && body.Type != Entry.Folder)
            return (null, ContentsFault.Bad("No file content provided"));
        if (!options.AllowHidden && path.IsHidden())
            return (null, ContentsFault.Bad($"Cannot create file or directory '{path.Api}'"));
        if (path.Status() is { IsFolder: false, IsFile: false })
            return (null, ContentsFault.NoFile(path));
        string? message = null;
        SaveMerge? merge = null;
        FileStatus? soFar = null;
        var fault = (body.Chunk, body.Type) switch
        {
            (_, Entry.Folder) => SaveFolder(path),
            _ when path.Status() is { IsFolder: true } => ContentsFault.Bad($"{path.Api} is a directory, not a {body.Type}", "bad type"),
            (_, Entry.Notebook) => notebooks.Save(path, body, out message, out merge),
            ({ } chunk, _) => SavePiece(path, chunk, body, out soFar),
            _ => SaveFile(path, body),
        };
        if (fault is not null)
            return (null, fault);
        if (soFar is { } piece)
            return (new Saved(new Entry(path, path.Status() ?? piece, Entry.File)), null);
        return Entry.At(path, body.Type) is { } entry ? (new Saved(notebooks.Seen(entry), message, merge), null) : (null, ContentsFault.Missing(path));
    }

    /// <summary>Begins an upload, or goes on with one.</summary>
    public ContentsFault? BeginUpload(ContentsPath path, string id, out List<byte[]> hashes)
    {
        hashes = [];
        if (!options.AllowHidden && path.IsHidden())
            return ContentsFault.Bad($"Cannot create file or directory '{path.Api}'");
        return path.IsRoot || path.Status() is { IsFile: false } ? ContentsFault.NoFile(path) : resumed.Begin(path, id, out hashes);
    }

    /// <summary>Makes what does not exist yet; what the body leaves out follows from the name.</summary>
    public (Saved? Saved, ContentsFault? Fault) Create(ContentsPath path, ContentsBody body)
    {
        var type = body.Type ?? (path.IsNotebook ? Entry.Notebook : Entry.File);
        return Save(path, body.Content is not null || type == Entry.Folder
            ? body with { Type = type }
            : body with { Type = type, Format = type == Entry.File ? "text" : "json", Content = type == Entry.File ? "\"\""u8.ToArray() : NewNotebook });
    }

    /// <summary>Makes an untitled file, notebook or folder in a folder.</summary>
    public (Saved? Saved, ContentsFault? Fault) CreateUntitled(ContentsPath folder, string? type, string? extension)
    {
        if (folder.Status() is not { IsFolder: true })
            return (null, new ContentsFault(404, $"No such directory: {folder.Api}"));
        extension ??= "";
        if (string.IsNullOrEmpty(type))
            type = extension == ".ipynb" ? Entry.Notebook : Entry.File;
        var (stem, insert) = type switch
        {
            Entry.Folder => ("Untitled Folder", " "),
            Entry.Notebook => ("Untitled.ipynb", ""),
            _ => ("untitled" + extension, ""),
        };
        if (ContentsPath.Parse(folder.Root, folder.Child(stem).Api) is null || extension.Contains('/', StringComparison.Ordinal))
            return (null, ContentsFault.Bad($"'{extension}' is no extension"));
        return Create(FreeNames.In(folder, stem, insert), ContentsBody.Nothing with { Type = type });
    }

    private static ReadOnlyMemory<byte> NewNotebook { get; } = """{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}"""u8.ToArray();

    private static ContentsFault? SaveFolder(ContentsPath path) => path.Status() switch
    {
        { IsFolder: true } => null,
        not null => ContentsFault.Bad($"Not a directory: {path.Api}"),
        null when path.Parent.Status() is null => new ContentsFault(404, $"The folder of '{path.Api}' does not exist"),
        null => ContentsFault.Try(path, () => Directory.CreateDirectory(path.Full)),
    };

    private static ContentsFault? SaveFile(ContentsPath path, ContentsBody body)
    {
        var (bytes, fault) = body.FileBytes();
        return fault ?? ContentsFault.Try(path, () => AtomicFile.Write(path.Full, bytes.Span));
    }

    private ContentsFault? SavePiece(ContentsPath path, long chunk, ContentsBody body, out FileStatus? soFar)
    {
        soFar = null;
        var (bytes, fault) = body.FileBytes();
        if (fault is not null)
            return fault;
        return UploadPiece.Read(body.Statement) is { } piece
            ? resumed.Take(path, piece, chunk == Uploads.Last, bytes, out soFar)
            : uploads.Take(path, chunk, bytes, out soFar);
    }
}
