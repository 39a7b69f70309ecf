using System.Collections.Concurrent;
using Holdfast.Lab.Http;
using Holdfast.Notebooks;
using Holdfast.Notebooks.Trust;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Contents;

/// <summary>
/// Which notebooks may show all of their output, as jupyter_server has it: a file is trusted when its signature is known, and a save makes it
/// so when all it sends is trusted. What is wrong with the notary's files is said once, and is never an error of a read or a save.
/// </summary>
internal sealed class NotebookTrust(LabOptions options, TimeProvider time, ILogger<NotebookTrust> log)
{
    private const int MostKnown = 256;

    private readonly Notary _notary = new(Notary.DataFolder(options.Environment), time);
    /// <summary>By notebook, what was said last: to compute a signature takes half as long as to read the notebook.</summary>
    private readonly ConcurrentDictionary<string, (TrustState State, bool IsTrusted)> _known = new(StringComparer.Ordinal);
    /// <summary>By notebook, the signature of what the recorder wrote last; one for each notebook that has run.</summary>
    private readonly ConcurrentDictionary<string, string> _recorded = new(StringComparer.Ordinal);
    private string? _problem;

    /// <summary>Whether a notebook's file is trusted.</summary>
    /// <param name="entry">What was known of the file before it was read.</param>
    /// <param name="file">What was read.</param>
    public bool IsTrusted(Entry entry, NotebookDocument file)
    {
        var path = entry.Path.Full;
        var state = TrustState.Of(path, entry.Status, _notary.SecretFile, _notary.DatabaseFile);
        if (state is not null && _known.TryGetValue(path, out var known) && known.State == state)
            return known.IsTrusted;
        var answer = _notary.Check(file);
        if (answer.Problem is null && state?.IsSettled(time.GetUtcNow()) is true)
        {
            if (_known.Count >= MostKnown)
                _known.Clear();
            _known[path] = (state.Value, answer.IsTrusted);
        }
        return Said(answer);
    }

    /// <summary>Whether a notebook is trusted.</summary>
    public bool IsTrusted(NotebookDocument notebook) => Said(_notary.Check(notebook));

    /// <summary>Makes a notebook trusted, because the user says so.</summary>
    public ContentsFault? Trust(ContentsPath path)
    {
        if (path.Status() is not { } status)
            return ContentsFault.Missing(path);
        if (!status.IsFile)
            return ContentsFault.NoFile(path);
        ContentsFault? unreadable = null;
        return ContentsFault.Try(path, () =>
        {
            using var bytes = PooledBytes.OfFile(path.Full);
            if (!NotebookDocument.Parse(bytes.Memory).TryGet(out var notebook, out var fault))
            {
                unreadable = ContentsFault.Bad($"Unreadable Notebook: {path.Api}. {fault.Message}");
                return;
            }
            ContentsLog.Trusting(log, path.Api);
            Said(_notary.Sign(notebook));
        }) ?? unreadable;
    }

    /// <summary>A client has saved a notebook: what was written is trusted when all that it sent is.</summary>
    /// <param name="path">The notebook's file.</param>
    /// <param name="sent">What it sent; null for what is no notebook.</param>
    /// <param name="written">What the file holds now.</param>
    /// <param name="keptFrom">The file before, when outputs of it were kept that the client did not send; it has to be trusted then. Else null.</param>
    public void Saved(string path, NotebookDocument? sent, NotebookDocument written, NotebookDocument? keptFrom = null)
    {
        _recorded.TryRemove(path, out _);
        if (sent is not null && CellTrust.OfAll(sent) && (keptFrom is null || IsTrusted(keptFrom)))
            Said(_notary.Sign(written));
    }

    /// <summary>
    /// The recorder has written outputs: the file is trusted when it was, or when every other output in it is harmless. A state that the
    /// recorder wrote and nobody saved is forgotten for the next one.
    /// </summary>
    /// <param name="path">The notebook's file.</param>
    /// <param name="before">What the file held.</param>
    /// <param name="after">What it holds now; may be the same.</param>
    /// <param name="isOurs">For the number of a cell in <paramref name="after"/>, whether its outputs are those that our kernel sent.</param>
    public void Recorded(string path, NotebookDocument before, NotebookDocument after, Func<int, bool> isOurs)
    {
        var old = _notary.Secret() is { } secret ? NotebookSignature.Of(before, secret) : null;
        if (!Said(_notary.Check(old)) && !CellTrust.OfAll(after, isOurs))
            return;
        _recorded.TryGetValue(path, out var last);
        var answer = _notary.Sign(after, last == old ? last : null);
        Said(answer);
        if (answer.Signature is { } signature)
            _recorded[path] = signature;
    }

    private bool Said(TrustAnswer answer)
    {
        if (answer.Problem is { } problem && Interlocked.Exchange(ref _problem, problem) != problem)
            ContentsLog.TrustProblem(log, problem);
        if (answer.Problem is null)
            _problem = null;
        return answer.IsTrusted;
    }
}
