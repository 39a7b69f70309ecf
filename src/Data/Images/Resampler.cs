using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Holdfast.Data.Images;

/// <summary>
/// Resizes images of four bytes a pixel, across and then down, with the bytes that Pillow's <c>resize</c> gives. It keeps its buffer and the taps of the
/// last size; one for each thread.
/// </summary>
internal sealed class Resampler
{
    private byte[] _rows = [];
    private (int, double, double, int, PackFilter) _acrossOf, _downOf;
    private ResampleTaps? _across, _down;

    /// <summary>Makes <paramref name="target"/> (three bytes a pixel, <paramref name="height"/> × <paramref name="width"/>) of the box of the source.</summary>
    public void Resize(ReadOnlySpan<byte> source, int sourceHeight, int sourceWidth, Box box, PackFilter filter, Span<byte> target, int height, int width)
    {
        var across = Taps(ref _across, ref _acrossOf, (sourceWidth, box.Left, box.Right, width, filter));
        var down = Taps(ref _down, ref _downOf, (sourceHeight, box.Top, box.Bottom, height, filter));
        var first = down.First[0];
        var rows = down.First[^1] + down.Count[^1] - first;
        if (_rows.Length < rows * width * 4) _rows = new byte[rows * width * 4];

        for (var row = 0; row < rows; row++)
            Across(source.Slice((first + row) * sourceWidth * 4, sourceWidth * 4), _rows.AsSpan(row * width * 4, width * 4), across);

        var line = new int[width * 4];
        for (var row = 0; row < height; row++)
        {
            var taps = down.Weights.AsSpan(row * down.Most, down.Count[row]);
            Down(_rows.AsSpan((down.First[row] - first) * width * 4), width * 4, taps, line);
            Narrow(line, target.Slice(row * width * 3, width * 3));
        }
    }

    private static ResampleTaps Taps(ref ResampleTaps? taps, ref (int, double, double, int, PackFilter) madeOf, (int Inputs, double From, double To, int Outputs, PackFilter Filter) wanted)
    {
        if (taps is null || madeOf != wanted) (taps, madeOf) = (ResampleTaps.Of(wanted.Inputs, wanted.From, wanted.To, wanted.Outputs, wanted.Filter), wanted);
        return taps;
    }

    private static void Across(ReadOnlySpan<byte> source, Span<byte> target, ResampleTaps taps)
    {
        ref var pixels = ref MemoryMarshal.GetReference(source);
        var output = MemoryMarshal.Cast<byte, uint>(target);
        for (var x = 0; x < output.Length; x++)
        {
            var sum = Vector128.Create(1 << (ResampleTaps.Precision - 1));
            ref var pixel = ref Unsafe.Add(ref pixels, taps.First[x] * 4);
            foreach (var weight in taps.Weights.AsSpan(x * taps.Most, taps.Count[x]))
            {
                sum += Widen(Unsafe.ReadUnaligned<uint>(ref pixel)) * weight;
                pixel = ref Unsafe.Add(ref pixel, 4);
            }

            output[x] = Clip(sum);
        }
    }

    private static void Down(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<int> weights, Span<int> sums)
    {
        sums.Fill(1 << (ResampleTaps.Precision - 1));
        ref var sum = ref MemoryMarshal.GetReference(sums);
        ref var first = ref MemoryMarshal.GetReference(rows);
        for (var tap = 0; tap < weights.Length; tap++)
        {
            var weight = weights[tap];
            ref var row = ref Unsafe.Add(ref first, tap * stride);
            var at = 0;
            if (Vector256.IsHardwareAccelerated)
            {
                var weight8 = Vector256.Create(weight);
                for (; at + 16 <= sums.Length; at += 16)
                {
                    var (low, high) = Vector256.Widen(Vector256.WidenLower(Vector128.LoadUnsafe(ref row, (nuint)at).ToVector256Unsafe()));
                    (Vector256.LoadUnsafe(ref sum, (nuint)at) + low.AsInt32() * weight8).StoreUnsafe(ref sum, (nuint)at);
                    (Vector256.LoadUnsafe(ref sum, (nuint)at + 8) + high.AsInt32() * weight8).StoreUnsafe(ref sum, (nuint)at + 8);
                }
            }

            for (; at < sums.Length; at += 4)
                (Vector128.LoadUnsafe(ref sum, (nuint)at) + Widen(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref row, at))) * weight).StoreUnsafe(ref sum, (nuint)at);
        }
    }

    private static void Narrow(ReadOnlySpan<int> sums, Span<byte> target)
    {
        ref var sum = ref MemoryMarshal.GetReference(sums);
        for (int from = 0, to = 0; to < target.Length; from += 4, to += 3)
        {
            var pixel = Clip(Vector128.LoadUnsafe(ref sum, (nuint)from));
            (target[to], target[to + 1], target[to + 2]) = ((byte)pixel, (byte)(pixel >> 8), (byte)(pixel >> 16));
        }
    }

    private static Vector128<int> Widen(uint pixel) => Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(pixel).AsByte())).AsInt32();

    private static uint Clip(Vector128<int> sum)
    {
        var value = Vector128.Clamp(sum >> ResampleTaps.Precision, Vector128<int>.Zero, Vector128.Create(255));
        var narrow = Vector128.Narrow(value.AsUInt32(), value.AsUInt32());
        return Vector128.Narrow(narrow, narrow).AsUInt32().ToScalar();
    }
}

/// <summary>A stretch of an image, in pixels of it, which may be parts of one.</summary>
internal readonly record struct Box(double Left, double Top, double Right, double Bottom);
