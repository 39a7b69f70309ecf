namespace Holdfast.History.Storing;

/// <summary>
/// The chunks of one version in order, as pairs of variable-length numbers: how far the next run of chunk ids is from the end of the last one,
/// and how long it is. A version that shares all but one cell with the first is about ten bytes.
/// </summary>
internal static class ChunkList
{
    public static byte[] Write(IReadOnlyList<long> ids)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        var expected = 0L;
        for (var first = 0; first < ids.Count;)
        {
            var next = first + 1;
            while (next < ids.Count && ids[next] == ids[next - 1] + 1)
                next++;
            writer.Write7BitEncodedInt64((ids[first] - expected) << 1 ^ (ids[first] - expected) >> 63);
            writer.Write7BitEncodedInt(next - first);
            expected = ids[next - 1] + 1;
            first = next;
        }
        return stream.ToArray();
    }

    public static IEnumerable<long> Read(byte[] list)
    {
        using var reader = new BinaryReader(new MemoryStream(list));
        var expected = 0L;
        while (reader.BaseStream.Position < list.Length)
        {
            var step = reader.Read7BitEncodedInt64();
            expected += (long)((ulong)step >> 1) ^ -(step & 1);
            for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
                yield return expected++;
        }
    }
}
