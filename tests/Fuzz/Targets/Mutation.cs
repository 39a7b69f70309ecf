using System.Buffers.Binary;

namespace Holdfast.Fuzz;

/// <summary>Damages bytes, in the ways that wires, disks and people do.</summary>
internal static class Mutation
{
    private const int MostChanges = 6;
    private const int MostBytes = 1 << 18;

    private static readonly ulong[] Edges =
        [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, ulong.MaxValue, ulong.MaxValue - 7];

    /// <summary>One of the seeds, changed in one to six places; one time in fifty as it is.</summary>
    /// <param name="random">Decides.</param>
    /// <param name="seeds">Valid inputs.</param>
    /// <param name="words">What means something in this format.</param>
    public static byte[] Of(Random random, IReadOnlyList<byte[]> seeds, IReadOnlyList<byte[]> words)
    {
        var bytes = new List<byte>(seeds[random.Next(seeds.Count)]);
        if (random.Next(50) == 0) return [.. bytes];
        for (var i = 1 + random.Next(MostChanges); i > 0; i--) Change(random, bytes, seeds, words);
        if (bytes.Count > MostBytes) bytes.RemoveRange(MostBytes, bytes.Count - MostBytes);
        return [.. bytes];
    }

    private static void Change(Random random, List<byte> bytes, IReadOnlyList<byte[]> seeds, IReadOnlyList<byte[]> words)
    {
        var at = random.Next(bytes.Count + 1);
        var run = Math.Min(bytes.Count - at, 1 + random.Next(random.Next(4) == 0 ? 4096 : 16));
        switch (random.Next(words.Count > 0 ? 11 : 10))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2 or 3:
                Overwrite(random, bytes, at);
                break;
            case 4:
                bytes.RemoveRange(at, run);
                break;
            case 5:
                bytes.InsertRange(at, bytes.GetRange(at, run));
                break;
            case 6:
                var noise = new byte[1 + random.Next(16)];
                random.NextBytes(noise);
                bytes.InsertRange(at, noise);
                break;
            case 7:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 8:
                // The head of one, the tail of another.
                var other = seeds[random.Next(seeds.Count)];
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other.AsSpan(random.Next(other.Length + 1)));
                break;
            case 9:
                bytes.InsertRange(at, Enumerable.Repeat((byte)random.Next(256), 1 + random.Next(random.Next(20) == 0 ? 20_000 : 40)));
                break;
            case 10:
                var word = words[random.Next(words.Count)];
                var times = random.Next(30) == 0 ? 2000 : 1;
                for (var i = 0; i < times; i++) bytes.InsertRange(at, word);
                break;
        }
    }

    /// <summary>Puts a number that is on the edge of something where one may stand.</summary>
    private static void Overwrite(Random random, List<byte> bytes, int at)
    {
        Span<byte> number = stackalloc byte[8];
        var value = Edges[random.Next(Edges.Length)] + (ulong)random.Next(-2, 3);
        var width = 1 << random.Next(4);
        if (random.Next(2) == 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(number, value);
            number = number[..width];
        }
        else
        {
            BinaryPrimitives.WriteUInt64BigEndian(number, value);
            number = number[^width..];
        }

        for (var i = 0; i < width && at + i < bytes.Count; i++) bytes[at + i] = number[i];
    }
}
