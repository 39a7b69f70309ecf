using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Holdfast.Data.Packing;

/// <summary>Sums and sums of squares of each channel, in whole numbers: the same whatever the order.</summary>
internal sealed class ChannelSums
{
    private readonly ulong[] _sums = new ulong[3], _squares = new ulong[3];
    private ulong _pixels;

    public double[] Mean() => [.. _sums.Select(sum => Round(MeanOf(sum)))];

    public double[] Deviation() => [.. _squares.Select((squares, channel) => Round(Math.Sqrt(Math.Max(0, squares / (255.0 * 255.0 * _pixels) - MeanOf(_sums[channel]) * MeanOf(_sums[channel])))))];

    /// <summary>Adds an image of three bytes a pixel.</summary>
    public void Add(ReadOnlySpan<byte> pixels)
    {
        _pixels += (ulong)pixels.Length / 3;
        // Lane n of the m-th of three vectors holds channel (16 m + n) mod 3. 65,536 times 255² is what 32 bits hold.
        const int Stride = 48;
        Span<Vector128<uint>> sums = stackalloc Vector128<uint>[24];
        var at = 0;
        for (; at + Stride <= pixels.Length && at < Stride * 65536; at += Stride)
        {
            for (var part = 0; part < 3; part++)
            {
                var (low, high) = Vector128.Widen(Vector128.Create(pixels.Slice(at + part * 16, 16)));
                var (a, b) = Vector128.Widen(low);
                var (c, d) = Vector128.Widen(high);
                sums[part * 8] += a;
                sums[part * 8 + 1] += b;
                sums[part * 8 + 2] += c;
                sums[part * 8 + 3] += d;
                (a, b) = Vector128.Widen(low * low);
                (c, d) = Vector128.Widen(high * high);
                sums[part * 8 + 4] += a;
                sums[part * 8 + 5] += b;
                sums[part * 8 + 6] += c;
                sums[part * 8 + 7] += d;
            }
        }

        var lanes = MemoryMarshal.Cast<Vector128<uint>, uint>(sums);
        for (var lane = 0; lane < lanes.Length; lane++)
        {
            var (part, within) = (lane / 32, lane % 32);
            (within < 16 ? _sums : _squares)[(part * 16 + within % 16) % 3] += lanes[lane];
        }

        for (; at < pixels.Length; at++)
        {
            _sums[at % 3] += pixels[at];
            _squares[at % 3] += (ulong)(pixels[at] * pixels[at]);
        }
    }

    private static double Round(double value) => Math.Round(value, 6);

    private double MeanOf(ulong sum) => sum / (255.0 * _pixels);
}
