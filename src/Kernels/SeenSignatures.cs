using System.Buffers.Text;

namespace Holdfast.Kernels;

/// <summary>
/// Remembers the latest signatures, at least 32,768 of them, to refuse a message that is sent again (jupyter_client's Session keeps 65,536).
/// </summary>
/// <remarks>
/// Of a signature, the first 64 bits are kept: a keyed hash, so two messages meet by chance once in 10^14, and nobody without the key
/// can make them meet. Two tables with linear probing, grown as they fill, so that a quiet kernel costs 4 KiB and no kernel more than 1 MiB:
/// when the newer one is full the older one is forgotten.
/// </remarks>
internal sealed class SeenSignatures
{
    private const int Generation = 32_768;

    private readonly Lock _lock = new();
    private ulong[] _newer = new ulong[512];
    private ulong[] _older = [];
    private int _count;

    /// <summary>Adds a hex signature; false when it is there already. Any thread.</summary>
    public bool Add(ReadOnlySpan<byte> hexSignature)
    {
        // Zero marks an empty slot.
        var key = Utf8Parser.TryParse(hexSignature[..16], out ulong value, out _, 'x') && value != 0 ? value : 1;
        lock (_lock)
        {
            if (_older.Length > 0 && _older[Slot(_older, key)] == key) return false;
            var slot = Slot(_newer, key);
            if (_newer[slot] == key) return false;
            _newer[slot] = key;
            if (++_count == Generation) (_older, _newer, _count) = (_newer, new ulong[512], 0);
            else if (2 * _count > _newer.Length) Grow();
            return true;
        }
    }

    private void Grow()
    {
        var larger = new ulong[2 * _newer.Length];
        foreach (var key in _newer)
            if (key != 0) larger[Slot(larger, key)] = key;
        _newer = larger;
    }

    /// <summary>Where the key is, or the free slot where it belongs.</summary>
    private static int Slot(ulong[] table, ulong key)
    {
        var slot = (int)(key & (ulong)(table.Length - 1));
        while (table[slot] != 0 && table[slot] != key) slot = (slot + 1) & (table.Length - 1);
        return slot;
    }
}
