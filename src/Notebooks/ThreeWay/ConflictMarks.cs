using System.Buffers;

namespace Holdfast.Notebooks.ThreeWay;

/// <summary>Takes apart a file into which git wrote the marks of conflicts between its lines.</summary>
/// <param name="Start">The file both sides come from; null when git did not write it (merge.conflictStyle is not diff3 or zdiff3).</param>
/// <param name="Ours">The file with our side of each conflict.</param>
/// <param name="Theirs">The file with their side of each conflict.</param>
public sealed record ConflictMarks(ReadOnlyMemory<byte>? Start, ReadOnlyMemory<byte> Ours, ReadOnlyMemory<byte> Theirs)
{
    private enum Part
    {
        All,
        Ours,
        Start,
        Theirs,
    }

    /// <summary>Takes the sides apart; null when the file has no marks.</summary>
    public static ConflictMarks? Of(ReadOnlyMemory<byte> file)
    {
        ArrayBufferWriter<byte> start = new(file.Length + 1), ours = new(file.Length + 1), theirs = new(file.Length + 1);
        var part = Part.All;
        var (any, hasStart) = (false, false);
        for (var rest = file.Span; !rest.IsEmpty;)
        {
            var end = rest.IndexOf((byte)'\n') + 1;
            var line = end == 0 ? rest : rest[..end];
            rest = rest[line.Length..];
            switch (part)
            {
                case Part.All when line.StartsWith("<<<<<<< "u8):
                    (part, any) = (Part.Ours, true);
                    continue;
                case Part.Ours when line.StartsWith("|||||||"u8):
                    (part, hasStart) = (Part.Start, true);
                    continue;
                case Part.Ours or Part.Start when line.StartsWith("======="u8):
                    part = Part.Theirs;
                    continue;
                case Part.Theirs when line.StartsWith(">>>>>>> "u8):
                    part = Part.All;
                    continue;
            }
            if (part is Part.All or Part.Start)
                start.Write(line);
            if (part is Part.All or Part.Ours)
                ours.Write(line);
            if (part is Part.All or Part.Theirs)
                theirs.Write(line);
        }
        if (!any)
            return null;
        var marks = new ConflictMarks(start.WrittenMemory, ours.WrittenMemory, theirs.WrittenMemory);
        return hasStart ? marks : marks with { Start = null };
    }
}
