using System.Text;
using Holdfast.Notebooks.Json;

namespace Holdfast.Notebooks;

/// <summary>Why bytes cannot be read as a notebook.</summary>
/// <param name="Message">For people: the place, what is wrong there, and what mends it.</param>
/// <param name="Line">Counted from 1.</param>
/// <param name="Column">In characters, counted from 1.</param>
/// <param name="ByteOffset">From the first byte of the file, counted from 0.</param>
public sealed record NotebookFault(string Message, int Line, int Column, int ByteOffset)
{
    internal static NotebookFault At(ReadOnlySpan<byte> bytes, JsonError error)
    {
        var before = bytes[..error.Offset];
        var lineStart = before.LastIndexOf((byte)'\n') + 1;
        var line = before.Count((byte)'\n') + 1;
        var column = Encoding.UTF8.GetCharCount(before[lineStart..]) + 1;
        return new NotebookFault($"Line {line}, column {column}: {error.Problem}. {Mend(bytes, error.Offset)}", line, column, error.Offset);
    }

    private static string Mend(ReadOnlySpan<byte> bytes, int offset)
    {
        if (bytes.IndexOf("\n<<<<<<< "u8) >= 0 && bytes.IndexOf("\n>>>>>>> "u8) >= 0)
            return "The file holds the marks of a merge conflict; 'holdfast nb fix FILE' mends it, or take one side: git checkout --ours FILE (or --theirs).";
        return offset == bytes.Length
            ? "The file is not whole; take it back from its checkpoint or from version control."
            : "Correct it there with a text editor, or take the file back from its checkpoint or from version control.";
    }
}
