using Holdfast.Lab.Contents;
using Holdfast.Notebooks;
using Holdfast.Notebooks.Trust;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Lab.Tests.Contents;

/// <summary>What trust means for those who write a notebook's file without a page: the recorder, and a save that keeps outputs of the file.</summary>
public sealed class RecordedTrustTests : IDisposable
{
    private const string Path = "/n.ipynb";
    private readonly string _home = Directory.CreateTempSubdirectory("holdfast-trust-").FullName;
    private readonly NotebookTrust _trust;

    public RecordedTrustTests() => _trust = NewTrust();

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private NotebookTrust NewTrust() => new(
        new LabOptions { Root = "/", AssetsFolder = "/", StateFolder = "/", Environment = new Dictionary<string, string> { ["JUPYTER_DATA_DIR"] = _home } },
        TimeProvider.System, NullLogger<NotebookTrust>.Instance);

    /// <summary>A notebook of code cells with these displays as outputs; an empty one for a cell without output.</summary>
    private static NotebookDocument Notebook(params string[] displays)
    {
        var cells = displays.Select((html, number) =>
            $$"""{"cell_type": "code", "id": "c{{number}}", "metadata": {}, "source": "", "execution_count": null, "outputs": [{{Output(html)}}]}""");
        Assert.True(NotebookDocument.Parse(System.Text.Encoding.UTF8.GetBytes(
            $$"""{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{{string.Join(',', cells)}}]}""")).TryGet(out var notebook, out _));
        return notebook;
    }

    private static string Output(string html) => html.Length == 0 ? "" : """{"output_type": "display_data", "metadata": {}, "data": {"text/html": "X"}}""".Replace("X", html, StringComparison.Ordinal);

    [Fact]
    public void Recorded_OfATrustedFile_StaysTrusted_AndStatesInBetweenAreForgotten()
    {
        var states = Enumerable.Range(0, 4).Select(number => Notebook("foreign", number == 0 ? "" : $"<b>{number}")).ToArray();
        Assert.False(_trust.IsTrusted(states[0]));
        new Notary(_home, TimeProvider.System).Sign(states[0]);
        for (var state = 1; state < states.Length; state++)
            _trust.Recorded(Path, states[state - 1], states[state], cell => cell == 1);
        Assert.Equal([true, false, false, true], states.Select(NewTrust().IsTrusted));
    }

    [Fact]
    public void Recorded_StateThatWasSaved_IsKept()
    {
        var states = Enumerable.Range(0, 3).Select(number => Notebook($"<b>{number}")).ToArray();
        _trust.Recorded(Path, states[0], states[1], _ => true);
        _trust.Saved(Path, Marked(states[1]), states[1]);
        _trust.Recorded(Path, states[1], states[2], _ => true);
        Assert.Equal([false, true, true], states.Select(_trust.IsTrusted));
    }

    [Fact]
    public void Recorded_OfAFileThatIsNot_IsTrustedWhenAllThatCouldDoHarmIsOurs()
    {
        _trust.Recorded(Path, Notebook("foreign", ""), Notebook("foreign", "<b>"), cell => cell == 1);
        Assert.False(_trust.IsTrusted(Notebook("foreign", "<b>")));
        _trust.Recorded(Path, Notebook("", ""), Notebook("", "<b>"), cell => cell == 1);
        Assert.True(_trust.IsTrusted(Notebook("", "<b>")));
        _trust.Recorded(Path, Notebook("<i>", "<b>"), Notebook("<i>", "<b>"), _ => true);
        Assert.True(_trust.IsTrusted(Notebook("<i>", "<b>")));
    }

    [Fact]
    public void Saved_WithOutputsOfTheFileThatTheClientDidNotSend_NeedsTheFileToBeTrusted()
    {
        var (file, written) = (Notebook("foreign", ""), Notebook("foreign", "<b>"));
        _trust.Saved(Path, Marked(Notebook("", "<b>")), written, keptFrom: file);
        Assert.False(_trust.IsTrusted(written));
        new Notary(_home, TimeProvider.System).Sign(file);
        _trust.Saved(Path, Marked(Notebook("", "<b>")), written, keptFrom: file);
        Assert.True(_trust.IsTrusted(written));
    }

    private static NotebookDocument Marked(NotebookDocument notebook)
    {
        var model = new System.Buffers.ArrayBufferWriter<byte>();
        notebook.WriteJupyterModel(model, trusted: true);
        Assert.True(NotebookDocument.Parse(model.WrittenMemory).TryGet(out var marked, out _));
        return marked;
    }
}
