using Holdfast.Lab.Http;
using Holdfast.Lab.Posix;
using Holdfast.Notebooks;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Contents;

/// <summary>PUT of a notebook: what did not change keeps its bytes, and what is no notebook any more is never written over.</summary>
internal static class NotebookSaving
{
    /// <summary>Saves the content of the contents API over what is there; <paramref name="message"/> is what people should know.</summary>
    public static ContentsFault? Save(ContentsPath path, ReadOnlyMemory<byte> content, ILogger log, out string? message)
    {
        string? told = null;
        ContentsFault? unreadable = null;
        var fault = ContentsFault.Try(path, () =>
        {
            using var file = path.Status() is null ? null : PooledBytes.OfFile(path.Full);
            var before = file?.Memory ?? default;
            var isNotebook = NotebookDocument.Parse(before).TryGet(out var known, out var damage);
            if (!(known?.Update(content) ?? NotebookDocument.FromJupyterModel(content)).TryGet(out var next, out var wrong))
            {
                unreadable = ContentsFault.Bad($"The content is no notebook: {wrong.Message}");
                return;
            }
            if (!isNotebook && !before.Span.Trim(" \t\r\n"u8).IsEmpty)
                told = Keep(path, damage!.Message, log);
            if (file is null || !next.Bytes.Span.SequenceEqual(before.Span))
                AtomicFile.Write(path.Full, next.Bytes.Span);
            Checkpoints.MakeFirst(path);
        });
        message = told;
        return unreadable ?? fault;
    }

    /// <summary>
    /// A file that cannot be read as a notebook (a merge conflict, a torn copy) is somebody's work too: it stays beside the saved one.
    /// </summary>
    private static string Keep(ContentsPath path, string damage, ILogger log)
    {
        var kept = FreeNames.In(path.Parent, $"{Path.GetFileNameWithoutExtension(path.Name)}-damaged{Path.GetExtension(path.Name)}", "-");
        AtomicFile.Copy(path.Full, kept.Full);
        ContentsLog.KeptDamaged(log, path.Api, damage, kept.Api);
        return $"What was in {path.Api} was not a notebook any more ({damage}) and is kept as {kept.Api}.";
    }
}
