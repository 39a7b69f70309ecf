using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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

    // Compiled at once and for this processor: the code that is published knows no AVX2.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Across(ReadOnlySpan<byte> source, Span<byte> target, ResampleTaps taps)
    {
        ref var pixels = ref MemoryMarshal.GetReference(source);
        ref var weights = ref MemoryMarshal.GetArrayDataReference(taps.Weights);
        var output = MemoryMarshal.Cast<byte, uint>(target);
        for (var x = 0; x < output.Length; x++)
        {
            ref var pixel = ref Unsafe.Add(ref pixels, taps.First[x] * 4);
            ref var weight = ref Unsafe.Add(ref weights, x * taps.Most);
            var (tap, count) = (0, taps.Count[x]);
            var sum = Vector128.Create(1 << (ResampleTaps.Precision - 1));
            if (Avx2.IsSupported)
            {
                // Two taps a step, each in a half of its own.
                var both = Vector256<int>.Zero;
                for (; tap + 2 <= count; tap += 2)
                {
                    var two = Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref pixel, tap * 4))).AsByte());
                    both += two * Vector256.Create(Vector128.Create(Unsafe.Add(ref weight, tap)), Vector128.Create(Unsafe.Add(ref weight, tap + 1)));
                }

                sum += both.GetLower() + both.GetUpper();
            }

            for (; tap < count; tap++) sum += Widen(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref pixel, tap * 4))) * Unsafe.Add(ref weight, tap);
            output[x] = Clip(sum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Down(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<int> weights, Span<int> sums)
    {
        ref var sum = ref MemoryMarshal.GetReference(sums);
        ref var first = ref MemoryMarshal.GetReference(rows);
        var at = 0;
        if (Avx2.IsSupported)
        {
            for (; at + 16 <= sums.Length; at += 16)
            {
                var low = Vector256.Create(1 << (ResampleTaps.Precision - 1));
                var high = low;
                ref var row = ref Unsafe.Add(ref first, at);
                foreach (var weight in weights)
                {
                    var (bytes, times) = (Vector128.LoadUnsafe(ref row), Vector256.Create(weight));
                    low += Avx2.ConvertToVector256Int32(bytes) * times;
                    high += Avx2.ConvertToVector256Int32(Sse2.ShiftRightLogical128BitLane(bytes, 8)) * times;
                    row = ref Unsafe.Add(ref row, stride);
                }

                low.StoreUnsafe(ref sum, (nuint)at);
                high.StoreUnsafe(ref sum, (nuint)at + 8);
            }
        }

        for (; at < sums.Length; at += 4)
        {
            var pixel = Vector128.Create(1 << (ResampleTaps.Precision - 1));
            for (var tap = 0; tap < weights.Length; tap++) pixel += Widen(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref first, tap * stride + at))) * weights[tap];
            pixel.StoreUnsafe(ref sum, (nuint)at);
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
