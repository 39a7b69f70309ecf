using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using Holdfast.Notebooks.Json;

namespace Holdfast.Notebooks.Model;

/// <summary>Checks bytes from the outside in: UTF-8, JSON, a notebook, its cells.</summary>
internal static class NotebookParser
{
    // Nodes are kept down to a cell's members: root 0, members 1, cells 2, their members 3, and worksheets put 2 more between.
    private const int Depth4 = 3;
    private const int Depth3 = 5;

    public static NotebookResult Parse(ReadOnlyMemory<byte> utf8)
    {
        var start = utf8.Span.StartsWith("\ufeff"u8) ? 3 : 0;
        if (!Utf8.IsValid(utf8.Span))
            return Fault(utf8, FirstInvalid(utf8.Span), "the bytes are not UTF-8");
        var tape = new JsonTape();
        var error = tape.Scan(utf8, start, Depth4, toTheEnd: true);
        if (error.Problem is not null)
            return new NotebookResult(null, NotebookFault.At(utf8.Span, error));
        if (tape[0].Kind != JsonKind.Object)
            return Fault(utf8, start, "this is JSON but not a notebook: it is not an object");
        var version = tape.Find(0, "nbformat"u8);
        if (version < 0)
            return Fault(utf8, start, "this is JSON but not a notebook: it has no nbformat");
        if (!TryInteger(tape, version, out var major) || major is < 2 or > 4)
            return Fault(utf8, tape[version].Start, "nbformat is not a version that can be read (2, 3 or 4)");
        TryInteger(tape, tape.Find(0, "nbformat_minor"u8), out var minor);
        var cells = new List<NotebookCell>();
        if (major == 4)
            return Cells(tape, 0, "cells"u8, cells) ?? Whole(tape, major, minor, cells);
        tape.Scan(utf8, start, Depth3, toTheEnd: true);
        return Worksheets(tape, cells) ?? Whole(tape, major, minor, cells);
    }

    private static NotebookResult Whole(JsonTape tape, int major, int minor, List<NotebookCell> cells) =>
        new(new NotebookDocument(tape, major, minor, [.. cells]), null);

    private static NotebookResult? Worksheets(JsonTape tape, List<NotebookCell> cells)
    {
        var sheets = tape.Find(0, "worksheets"u8);
        if (sheets < 0)
            return null;
        if (tape[sheets].Kind != JsonKind.Array)
            return Fault(tape.Bytes, tape[sheets].Start, "this is not a notebook: its worksheets are not a list");
        foreach (var sheet in tape.Items(sheets))
        {
            if (tape[sheet].Kind != JsonKind.Object)
                return Fault(tape.Bytes, tape[sheet].Start, "this is not a notebook: a worksheet is not an object");
            if (Cells(tape, sheet, "cells"u8, cells) is { } fault)
                return fault;
        }
        return null;
    }

    private static NotebookResult? Cells(JsonTape tape, int holder, ReadOnlySpan<byte> name, List<NotebookCell> cells)
    {
        var list = tape.Find(holder, name);
        if (list < 0)
            return Fault(tape.Bytes, tape[holder].Start, "this is not a notebook: it has no cells");
        if (tape[list].Kind != JsonKind.Array)
            return Fault(tape.Bytes, tape[list].Start, "this is not a notebook: its cells are not a list");
        for (var cell = list + 1; cell < tape[list].Next; cell = tape[cell].Next)
        {
            if (tape[cell].Kind != JsonKind.Object)
                return Fault(tape.Bytes, tape[cell].Start, "this is not a notebook: a cell is not an object");
            cells.Add(new NotebookCell(tape, cell));
        }
        return null;
    }

    private static bool TryInteger(JsonTape tape, int node, out int value)
    {
        value = 0;
        return node >= 0 && tape[node].Kind == JsonKind.Number
            && Utf8Parser.TryParse(tape.Raw(node), out value, out var used) && used == tape.Raw(node).Length;
    }

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out var used) == System.Buffers.OperationStatus.Done)
            at += used;
        return at;
    }

    private static NotebookResult Fault(ReadOnlyMemory<byte> bytes, int offset, string problem) =>
        new(null, NotebookFault.At(bytes.Span, new JsonError(offset, problem)));
}
