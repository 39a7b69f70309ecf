using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Holdfast.Data.Images;

/// <summary>
/// Resizes images of three or four bytes a pixel, across and then down, with the bytes that Pillow's <c>resize</c> gives. It keeps its buffer and the taps of
/// the last size; one for each thread.
/// </summary>
internal sealed class Resampler
{
    /// <summary>So many bytes behind the last pixel of a source are read, and nothing is made of them.</summary>
    public const int Slack = 16;

    private const int Channels = 3;

    private byte[] _rows = [];
    private (int, double, double, int, PackFilter) _acrossOf, _downOf;
    private ResampleTaps? _across, _down;

    /// <summary>Makes <paramref name="target"/> (three bytes a pixel, <paramref name="height"/> × <paramref name="width"/>) of the box of the source.</summary>
    /// <param name="source">Rows of pixels, and <see cref="Slack"/>.</param>
    /// <param name="sourceHeight">Its rows.</param>
    /// <param name="sourceWidth">Its pixels in a row.</param>
    /// <param name="pixelBytes">3, or 4 of which the last is not heeded.</param>
    /// <param name="box">The part that is resized.</param>
    /// <param name="filter">How pixels are made of pixels.</param>
    /// <param name="target">Where to.</param>
    /// <param name="height">Its rows.</param>
    /// <param name="width">Its pixels in a row.</param>
    public void Resize(ReadOnlySpan<byte> source, int sourceHeight, int sourceWidth, int pixelBytes, Box box, PackFilter filter, Span<byte> target, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(source.Length, sourceHeight * sourceWidth * pixelBytes + Slack);
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, height * width * Channels);
        var across = Taps(ref _across, ref _acrossOf, (sourceWidth, box.Left, box.Right, width, filter));
        var down = Taps(ref _down, ref _downOf, (sourceHeight, box.Top, box.Bottom, height, filter));
        var first = down.First[0];
        var rows = down.First[^1] + down.Count[^1] - first;
        // A pixel is written as four bytes, and rows are read in pieces of 32 and by twos: so each has room behind it, and there is one more.
        var stride = (width * Channels + 1 + 31) & ~31;
        if (_rows.Length < (rows + 1) * stride) _rows = new byte[(rows + 1) * stride];

        ref var from = ref Unsafe.Add(ref MemoryMarshal.GetReference(source), first * sourceWidth * pixelBytes);
        ref var between = ref MemoryMarshal.GetArrayDataReference(_rows);
        if (Avx2.IsSupported) ResamplerAvx2.Across(ref from, sourceWidth * pixelBytes, pixelBytes, ref between, stride, rows, across);
        else Across(ref from, sourceWidth * pixelBytes, pixelBytes, ref between, stride, rows, across);

        for (var row = 0; row < height; row++)
        {
            ref var top = ref Unsafe.Add(ref between, (down.First[row] - first) * stride);
            var line = target.Slice(row * width * Channels, width * Channels);
            if (Avx2.IsSupported) ResamplerAvx2.Down(ref top, stride, down, row, line);
            else Down(ref top, stride, down, row, line);
        }
    }

    private static ResampleTaps Taps(ref ResampleTaps? taps, ref (int, double, double, int, PackFilter) madeOf, (int Inputs, double From, double To, int Outputs, PackFilter Filter) wanted)
    {
        if (taps is null || madeOf != wanted) (taps, madeOf) = (ResampleTaps.Of(wanted.Inputs, wanted.From, wanted.To, wanted.Outputs, wanted.Filter), wanted);
        return taps;
    }

    private static void Across(ref byte source, int sourceStride, int pixelBytes, ref byte target, int stride, int rows, ResampleTaps taps)
    {
        for (var row = 0; row < rows; row++)
        {
            for (var x = 0; x < taps.First.Length; x++)
            {
                var sum = Half;
                for (var tap = 0; tap < taps.Count[x]; tap++) sum += Four(ref source, row * sourceStride + (taps.First[x] + tap) * pixelBytes) * taps.Weights[x * taps.Most + tap];
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, row * stride + x * Channels), Clip(sum));
            }
        }
    }

    private static void Down(ref byte rows, int stride, ResampleTaps taps, int output, Span<byte> target)
    {
        for (var at = 0; at < target.Length; at += 4)
        {
            var sum = Half;
            for (var tap = 0; tap < taps.Count[output]; tap++) sum += Four(ref rows, tap * stride + at) * taps.Weights[output * taps.Most + tap];
            var four = Clip(sum);
            MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in four, 1))[..Math.Min(4, target.Length - at)].CopyTo(target[at..]);
        }
    }

    private static Vector128<int> Half => Vector128.Create(1 << (ResampleTaps.Precision - 1));

    private static Vector128<int> Four(ref byte bytes, int at) =>
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref bytes, at))).AsByte())).AsInt32();

    private static uint Clip(Vector128<int> sum)
    {
        var value = Vector128.Clamp(sum >> ResampleTaps.Precision, Vector128<int>.Zero, Vector128.Create(255));
        var narrow = Vector128.Narrow(value.AsUInt32(), value.AsUInt32());
        return Vector128.Narrow(narrow, narrow).AsUInt32().ToScalar();
    }
}

/// <summary>A stretch of an image, in pixels of it, which may be parts of one.</summary>
internal readonly record struct Box(double Left, double Top, double Right, double Bottom);
