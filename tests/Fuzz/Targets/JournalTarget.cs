using Holdfast.Journal;

namespace Holdfast.Fuzz;

/// <summary>
/// The files of a journal: cut, flipped, spliced. Every record that is read has the bytes that were written under its number, and a writer
/// takes the journal up and goes on. The first byte of an input says which file it stands for.
/// </summary>
internal sealed class JournalTarget : FuzzTarget
{
    private const int Records = 60;

    private readonly string _folder;
    private readonly string[] _files;
    private readonly byte[][] _seeds;

    public JournalTarget()
    {
        _folder = Directory.CreateTempSubdirectory("holdfast-fuzz-").FullName;
        var whole = Path.Combine(_folder, "whole");
        using (var writer = JournalWriter.Open(whole, new JournalOptions { SegmentBytes = 4 << 10 }))
        {
            for (var i = 1L; i <= Records; i++)
            {
                writer.Append((byte)(i % 3), Payload(i));
                writer.Flush();
            }
        }

        _files = [.. Directory.EnumerateFiles(whole).Where(file => new FileInfo(file).Length > 0).Order(StringComparer.Ordinal)];
        _seeds = [.. _files.Select((file, index) => (byte[])[(byte)index, .. File.ReadAllBytes(file)])];
    }

    public override string Name => "Journal files";

    public override long? MostAllocated(int inputBytes) => 8 << 20;

    public override byte[] Make(Random random) => Mutation.Of(random, _seeds, []);

    public override void Feed(byte[] input)
    {
        if (input.Length == 0) return;
        var damaged = Path.Combine(_folder, "damaged");
        if (Directory.Exists(damaged)) Directory.Delete(damaged, recursive: true);
        Directory.CreateDirectory(damaged);
        for (var i = 0; i < _files.Length; i++)
        {
            var to = Path.Combine(damaged, Path.GetFileName(_files[i]));
            if (i == input[0] % _files.Length) File.WriteAllBytes(to, input.AsSpan(1));
            else File.Copy(_files[i], to);
        }

        var last = Read(damaged);
        // Taking it up is a hundred times the work.
        if (input.Length % 16 != 0) return;
        try
        {
            using var writer = JournalWriter.Open(damaged);
            writer.Append(0, "behind it"u8);
            Expect(writer.Flush().Ok && writer.LastSequence > last, "The writer did not go on behind what could be read.");
        }
        catch (IOException e) when (e.Message.Contains(" is of format ", StringComparison.Ordinal))
        {
            // A newer format: it is left alone, and that is said.
        }
    }

    public override void End() => Directory.Delete(_folder, recursive: true);

    private static long Read(string folder)
    {
        using var reader = JournalReader.Open(folder);
        var last = 0L;
        while (reader.TryRead(out var record))
        {
            Expect(record.Sequence > last, $"Record {record.Sequence} came behind {last}.");
            Expect(record.Payload.Span.SequenceEqual(Payload(record.Sequence)), $"Record {record.Sequence} has other bytes than were written.");
            last = record.Sequence;
        }

        Expect(reader.Damage.Count <= 1000, "The list of damages grows without end.");
        return last;
    }

    private static byte[] Payload(long sequence)
    {
        var random = new Random((int)sequence);
        var payload = new byte[random.Next(400)];
        random.NextBytes(payload);
        return payload;
    }
}
