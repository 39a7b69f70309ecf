using Holdfast.Journal;

namespace Holdfast.Lab.Recording;

/// <summary>What an output is.</summary>
internal enum OutputKind : byte
{
    Stdout,
    Stderr,
    Display,
    Result,
    Error,
}

/// <summary>
/// One output of a cell, as places in the kernel's journal: what it says is read from there when it is needed, so that memory does not grow
/// with the user's output.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Place">The record that holds it; of a stream the first one.</param>
/// <param name="Last">Number of the last record that holds it.</param>
/// <param name="Parent">msg_id of the request that it came of.</param>
/// <param name="Bytes">Of a stream, the length of its folded text; else 0.</param>
/// <param name="Marks">Of a long stream, where its end can be read from; else null.</param>
internal readonly record struct OutputPiece(OutputKind Kind, JournalPlace Place, long Last, string Parent, long Bytes = 0, StreamMarks? Marks = null)
{
    public bool IsStream => Kind is OutputKind.Stdout or OutputKind.Stderr;

    /// <summary>The name of the stream, as messages have it.</summary>
    public string StreamName => Kind == OutputKind.Stderr ? "stderr" : "stdout";

    /// <summary>What a message of this type adds.</summary>
    public static OutputKind KindOf(string messageType) => messageType switch
    {
        "display_data" => OutputKind.Display,
        "execute_result" => OutputKind.Result,
        _ => OutputKind.Error,
    };
}
