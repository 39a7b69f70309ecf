using System.Text.Json;
using Holdfast.Lab.Http;
using Holdfast.Lab.Posix;
using Holdfast.Lab.Recording;

namespace Holdfast.Lab.Contents;

/// <summary>A file, notebook or folder as the contents API shows it, without its content.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Status">What the file system knows of it.</param>
/// <param name="Type"><c>file</c>, <c>notebook</c> or <c>directory</c>.</param>
internal sealed record Entry(ContentsPath Path, FileStatus Status, string Type)
{
    public const string File = "file";
    public const string Notebook = "notebook";
    public const string Folder = "directory";

    /// <summary>The entry at a path under the type that its name and kind suggest; null when there is none.</summary>
    public static Entry? At(ContentsPath path, string? type = null) => path.Status() is not { } status ? null
        : new Entry(path, status, status.IsFolder ? Folder : type is File or Notebook ? type : path.IsNotebook ? Notebook : File);

    /// <summary>As <see cref="At"/>, and a file for a link that leads nowhere: what is listed can be removed.</summary>
    public static Entry? Named(ContentsPath path) => At(path) ?? (path.NameStatus() is { IsLink: true } link ? new Entry(path, link, File) : null);

    /// <summary>This entry with the time when a notebook's sources were last changed: what the recorder writes does not count.</summary>
    public Entry WithSourceTime(Recorder? recorder) =>
        recorder is not null && Type == Notebook ? this with { Status = recorder.StatusOf(Path.Full, Status) } : this;

    /// <summary>Writes every member but <c>content</c>, which the caller writes last, null or not, before it closes the object.</summary>
    public void WriteMembers(Utf8JsonWriter json, string? format = null, string? mimeType = null, string? hash = null, string? message = null)
    {
        json.WriteString("name"u8, Path.Name);
        json.WriteString("path"u8, Path.Api);
        json.WriteString("last_modified"u8, ApiJson.Time(Status.Modified));
        json.WriteString("created"u8, ApiJson.Time(Status.Created));
        json.WriteString("format"u8, format);
        json.WriteString("mimetype"u8, mimeType ?? (Type == File ? MimeTypes.Guess(Path.Name).Type : null));
        if (Type == Folder)
            json.WriteNull("size"u8);
        else
            json.WriteNumber("size"u8, Status.Size);
        json.WriteBoolean("writable"u8, Libc.Access(Path.Full, Libc.WriteAccess) == 0);
        json.WriteString("hash"u8, hash);
        json.WriteString("hash_algorithm"u8, hash is null ? null : "sha256");
        json.WriteString("type"u8, Type);
        if (message is not null)
            json.WriteString("message"u8, message);
    }

    /// <summary>Writes the whole model, its content null.</summary>
    public void Write(Utf8JsonWriter json, string? hash = null, Saved? saved = null)
    {
        json.WriteStartObject();
        WriteMembers(json, hash: hash, message: saved?.Message);
        saved?.Merge?.Write(json);
        json.WriteNull("content"u8);
        json.WriteEndObject();
    }
}
