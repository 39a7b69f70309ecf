using System.Text.Json;
using Holdfast.Lab.Http;
using Holdfast.Lab.Posix;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Contents;

/// <summary>
/// One copy a file, in <c>.ipynb_checkpoints/NAME-checkpoint.EXT</c> beside it, as Jupyter keeps it: what "revert to checkpoint" goes back to.
/// </summary>
internal static class Checkpoints
{
    private const string Id = "checkpoint";
    public const string Folder = ".ipynb_checkpoints";

    /// <summary>Where a file's checkpoint lies.</summary>
    public static string PlaceOf(ContentsPath path) =>
        Path.Join(path.Parent.Full, Folder, $"{Path.GetFileNameWithoutExtension(path.Name)}-{Id}{Path.GetExtension(path.Name)}");

    /// <summary>Copies the file; replaces the earlier checkpoint.</summary>
    public static ContentsFault? Make(ContentsPath path) => path.Status() is not { IsFile: true }
        ? ContentsFault.Missing(path)
        : ContentsFault.Try(path, () =>
        {
            var place = PlaceOf(path);
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            AtomicFile.Copy(path.Full, place);
        });

    /// <summary>Makes a checkpoint when there is none. A folder that takes none does not make the save itself fail.</summary>
    public static void MakeFirst(ContentsPath path)
    {
        if (!File.Exists(PlaceOf(path)))
            _ = Make(path);
    }

    public static ContentsFault? Restore(ContentsPath path, string id) =>
        Fault(path, id) ?? ContentsFault.Try(path, () => AtomicFile.Copy(PlaceOf(path), path.Full));

    public static ContentsFault? Delete(ContentsPath path, string id) =>
        Fault(path, id) ?? ContentsFault.Try(path, () => File.Delete(PlaceOf(path)));

    /// <summary>Takes a file's checkpoint along when the file moves or goes; it is worth no error.</summary>
    public static void Follow(ContentsPath from, ContentsPath? to)
    {
        if (!File.Exists(PlaceOf(from)))
            return;
        _ = ContentsFault.Try(from, () =>
        {
            if (to is not { } target)
            {
                File.Delete(PlaceOf(from));
                return;
            }
            Directory.CreateDirectory(Path.GetDirectoryName(PlaceOf(target))!);
            File.Move(PlaceOf(from), PlaceOf(target), overwrite: true);
        });
    }

    /// <summary>Answers with the list of a file's checkpoints.</summary>
    public static async Task ListAsync(HttpContext context, ContentsPath path)
    {
        await using var json = ApiJson.Begin(context);
        json.WriteStartArray();
        if (File.Exists(PlaceOf(path)))
            Write(json, path);
        json.WriteEndArray();
    }

    /// <summary>Answers with the checkpoint that was made.</summary>
    public static async Task MadeAsync(HttpContext context, ContentsPath path)
    {
        context.Response.Headers.Location = $"{BaseUrl.Of(context).To($"api/contents/{path.Api}")}/checkpoints/{Id}";
        await using var json = ApiJson.Begin(context, StatusCodes.Status201Created);
        Write(json, path);
    }

    private static ContentsFault? Fault(ContentsPath path, string id) => id == Id && File.Exists(PlaceOf(path))
        ? null
        : new ContentsFault(StatusCodes.Status404NotFound, $"Checkpoint does not exist: {path.Api}@{id}");

    private static void Write(Utf8JsonWriter json, ContentsPath path)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, Id);
        json.WriteString("last_modified"u8, ApiJson.Time(File.GetLastWriteTimeUtc(PlaceOf(path))));
        json.WriteEndObject();
    }
}
