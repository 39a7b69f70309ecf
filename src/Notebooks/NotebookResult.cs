using System.Diagnostics.CodeAnalysis;

namespace Holdfast.Notebooks;

/// <summary>What reading gave: a notebook, or why there is none.</summary>
/// <param name="Document">Null when <paramref name="Fault"/> is not.</param>
/// <param name="Fault">Null when <paramref name="Document"/> is not.</param>
public readonly record struct NotebookResult(NotebookDocument? Document, NotebookFault? Fault)
{
    /// <summary>Takes the notebook, or else the fault.</summary>
    public bool TryGet([NotNullWhen(true)] out NotebookDocument? document, [NotNullWhen(false)] out NotebookFault? fault)
    {
        document = Document;
        fault = Fault;
        return document is not null;
    }
}
