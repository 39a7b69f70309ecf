using Holdfast.History;
using Holdfast.Lab.History;
using Holdfast.Lab.Http;
using Holdfast.Lab.Posix;
using Holdfast.Lab.Recording;
using Holdfast.Notebooks;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Contents;

/// <summary>
/// PUT of a notebook: what did not change keeps its bytes, what the recorder knows better is kept, and what is no notebook any more is never
/// written over.
/// </summary>
internal sealed class NotebookSaving(NotebookTurns turns, NotebookTrust trust, NotebookHistory history, ILogger<NotebookSaving> log, Recorder? recorder = null)
{
    private long _saves;

    /// <summary>How many notebooks were saved.</summary>
    public long Saves => Volatile.Read(ref _saves);

    /// <summary>Saves the content of the contents API over what is there.</summary>
    /// <param name="path">Where.</param>
    /// <param name="body">What the client sent.</param>
    /// <param name="message">What people should know; null for nothing.</param>
    /// <param name="merge">How it was brought together with the record; null when there is none.</param>
    public ContentsFault? Save(ContentsPath path, ContentsBody body, out string? message, out SaveMerge? merge)
    {
        (string? told, SaveMerge? merged, ContentsFault? unreadable) = (null, null, null);
        var fault = ContentsFault.Try(path, () => turns.Take(path.Full, () =>
        {
            // In the turn: between a write of the recorder's and its note nobody takes that file for something from outside.
            history.Before(path.Full);
            using var file = path.Status() is null ? null : PooledBytes.OfFile(path.Full);
            var before = file?.Memory ?? default;
            var isNotebook = NotebookDocument.Parse(before).TryGet(out var known, out var damage);
            var statement = PageStatement.Read(body.Statement);
            _ = NotebookDocument.Parse(body.Content!.Value).TryGet(out var sent, out _);
            merged = sent is null ? null : recorder?.Merge(path.Api, known, sent.Upgrade(), statement);
            var content = merged?.Content.Bytes ?? body.Content!.Value;
            if (!(known?.Update(content) ?? NotebookDocument.FromJupyterModel(content)).TryGet(out var next, out var wrong))
            {
                unreadable = ContentsFault.Bad($"The content is no notebook: {wrong.Message}");
                return;
            }
            if (!isNotebook && !before.Span.Trim(" \t\r\n"u8).IsEmpty)
                told = Keep(path, damage!.Message);
            if (file is null || !next.Bytes.Span.SequenceEqual(before.Span))
                AtomicFile.Write(path.Full, next.Bytes.Span);
            if (merged is not null)
                recorder!.Saved(path.Api, merged, statement);
            trust.Saved(path.Full, sent, next, keptFrom: merged is { Kept.Count: > 0 } ? known : null);
            Checkpoints.MakeFirst(path);
            history.Note(path.Full, VersionKind.Save);
            Interlocked.Increment(ref _saves);
        }));
        (message, merge) = (told, merged);
        return unreadable ?? fault;
    }

    /// <summary>The entry as clients are to see it after a save.</summary>
    public Entry Seen(Entry entry) => entry.WithSourceTime(recorder);

    /// <summary>
    /// A file that cannot be read as a notebook (a merge conflict, a torn copy) is somebody's work too: it stays beside the saved one.
    /// </summary>
    private string Keep(ContentsPath path, string damage)
    {
        var kept = FreeNames.In(path.Parent, $"{Path.GetFileNameWithoutExtension(path.Name)}-damaged{Path.GetExtension(path.Name)}", "-");
        AtomicFile.Copy(path.Full, kept.Full);
        ContentsLog.KeptDamaged(log, path.Api, damage, kept.Api);
        return $"What was in {path.Api} was not a notebook any more ({damage}) and is kept as {kept.Api}.";
    }
}
