using System.Runtime.InteropServices;
using Holdfast.Journal;
using Holdfast.Notebooks.Folding;

namespace Holdfast.Lab.Recording;

/// <summary>Outputs that are folded from messages: those of a cell, or those that an Output widget has captured.</summary>
internal class OutputFold
{
    public List<OutputPiece> Outputs { get; init; } = [];
    /// <summary>A clear_output waits for the next output.</summary>
    public bool ClearNext { get; set; }
    /// <summary>The text of the last output where that is a stream.</summary>
    public StreamText? Open { get; set; }
    /// <summary>Where streams of the same request went elsewhere while one of these outputs was open: see <see cref="Skip"/>.</summary>
    public List<SkippedRange> Skipped { get; init; } = [];

    /// <summary>Where people find what is left out of long streams.</summary>
    public virtual string Whole => "holdfast outputs";

    /// <summary>Length of all its streams, in bytes of UTF-8.</summary>
    public long StreamBytes
    {
        get
        {
            var bytes = 0L;
            foreach (ref readonly var piece in CollectionsMarshal.AsSpan(Outputs))
                bytes += piece.Bytes;
            return bytes;
        }
    }

    /// <summary>Adds an output that is no more than its record; gives its number.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="parent">msg_id of the request that it came of.</param>
    public int Add(OutputKind kind, JournalPlace place, string parent)
    {
        if (ClearNext)
            Clear();
        Open = null;
        Outputs.Add(new OutputPiece(kind, place, place.Sequence, parent));
        return Outputs.Count - 1;
    }

    /// <summary>Adds what was printed to the last output, or begins one; false when it is nothing.</summary>
    public bool AddStream(ReadOnlySpan<byte> content, JournalPlace place, string parent)
    {
        var stream = new PrintedText(content);
        if (stream.IsEmpty)
            return false;
        var kind = stream.IsError ? OutputKind.Stderr : OutputKind.Stdout;
        if (ClearNext || Open is null || Outputs.Count == 0 || Outputs[^1].Kind != kind || Outputs[^1].Parent != parent)
        {
            Add(kind, place, parent);
            Open = new StreamText();
        }
        ref var piece = ref CollectionsMarshal.AsSpan(Outputs)[^1];
        piece.Marks?.Pass(place, piece.Bytes);
        stream.AppendTo(Open!);
        var bytes = Open!.Bytes;
        piece = piece with { Last = place.Sequence, Bytes = bytes, Marks = piece.Marks ?? (bytes > OutputLimit.File.Whole / 4 ? new StreamMarks() : null) };
        return true;
    }

    /// <summary>Takes all outputs away.</summary>
    public virtual void Clear()
    {
        Outputs.Clear();
        Skipped.Clear();
        ClearNext = false;
        Open = null;
    }

    /// <summary>What was printed by this request went elsewhere: it is none of the open output's, though it may stand between its records.</summary>
    public void Skip(long sequence, string parent)
    {
        if (Open is null || Outputs[^1].Parent != parent)
            return;
        if (Skipped.Count > 0 && Skipped[^1].First > Outputs[^1].Last)
            Skipped[^1] = Skipped[^1] with { Last = sequence };
        else
            Skipped.Add(new SkippedRange(sequence, sequence));
    }

    /// <summary>Whether what was printed in this record went elsewhere.</summary>
    public bool IsSkipped(long sequence)
    {
        var (low, high) = (0, Skipped.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (Skipped[middle].Last < sequence)
                low = middle + 1;
            else if (Skipped[middle].First > sequence)
                high = middle - 1;
            else
                return true;
        }
        return false;
    }
}

/// <summary>Numbers of records, both ends included.</summary>
internal readonly record struct SkippedRange(long First, long Last);
