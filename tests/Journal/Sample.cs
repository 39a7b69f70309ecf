namespace Holdfast.Journal.Tests;

/// <summary>Records whose bytes follow from their number, so that a reader can check each by itself.</summary>
internal static class Sample
{
    /// <summary>The payload of a record: its length and bytes are drawn from its number.</summary>
    public static byte[] Payload(long sequence, int atMost = 300)
    {
        var random = new Random((int)sequence);
        var payload = new byte[random.Next(atMost + 1)];
        random.NextBytes(payload);
        return payload;
    }

    public static void Append(JournalWriter writer, int count, int atMost = 300)
    {
        for (var i = 0; i < count; i++)
        {
            var sequence = writer.Append((byte)(writer.LastSequence % 5), Payload(writer.LastSequence + 1, atMost));
            Assert.Equal(writer.LastSequence, sequence);
        }
    }

    /// <summary>Reads what there is and checks every record's bytes; answers their numbers.</summary>
    public static List<long> Read(JournalReader reader, int atMost = 300)
    {
        List<long> numbers = [];
        while (reader.TryRead(out var record))
        {
            Assert.True(record.Payload.Span.SequenceEqual(Payload(record.Sequence, atMost)), $"Record {record.Sequence} has other bytes.");
            numbers.Add(record.Sequence);
        }
        return numbers;
    }

    public static (List<long> Numbers, IReadOnlyList<JournalDamage> Damage) ReadAll(string folder, long from = 1)
    {
        using var reader = JournalReader.Open(folder);
        reader.Seek(from);
        return (Read(reader), reader.Damage);
    }

    public static IEnumerable<long> Numbers(long from, long to)
    {
        for (var number = from; number <= to; number++) yield return number;
    }

    /// <summary>Waits for a condition that another thread or process brings about.</summary>
    public static void WaitFor(Func<bool> condition, string what)
    {
        var limit = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(limit) < TimeSpan.FromSeconds(60), $"Waited 60 s for {what}.");
            Thread.Yield();
        }
    }
}
