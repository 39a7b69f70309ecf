using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Holdfast.Data.Images;

/// <summary>
/// The two passes of <see cref="Resampler"/> with 32 bytes at once; the sums are the same to the bit. Weights of 22 bits are multiplied in two halves
/// (<see cref="ResampleTaps.Halves"/>), because a product of 32 bits costs four times one of 16.
/// </summary>
internal static unsafe class ResamplerAvx2
{
    private const int Channels = 3;

    /// <summary>All rows, four at once, so that the weights are fetched once for them; the last four may be fewer, and then one is made again.</summary>
    // Compiled at once and for this processor: the code that is published knows no AVX2.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Across(ref byte source, int sourceStride, int pixelBytes, ref byte target, int stride, int rows, ResampleTaps taps)
    {
        // Of four pixels the first two in the lower half and the last two in the upper one, each channel beside its neighbour's, as 16 bits.
        const byte None = 0x80;
        var order = pixelBytes == 3
            ? Vector256.Create(0, None, 3, None, 1, None, 4, None, 2, None, 5, None, None, None, None, None, 6, None, 9, None, 7, None, 10, None, 8, None, 11, None, None, None, None, None)
            : Vector256.Create((byte)0, None, 4, None, 1, None, 5, None, 2, None, 6, None, None, None, None, None, 8, None, 12, None, 9, None, 13, None, 10, None, 14, None, None, None, None, None);
        var (pairs, lowerPairs) = (Vector256.Create(0, 0, 0, 0, 1, 1, 1, 1), Vector256.Create(2, 2, 2, 2, 3, 3, 3, 3));
        var (width, room) = (taps.First.Length, taps.Groups * 4);
        // The image is larger than the nearest cache: of the next four rows a piece is fetched with each pixel.
        var ahead = 4 * sourceStride / width;
        fixed (int* firsts = taps.First, counts = taps.Count, halves = taps.Halves)
        fixed (byte* image = &source, made = &target)
        {
            for (var row = 0; row < rows; row += 4)
            {
                var (b, c, d) = (Math.Min(row + 1, rows - 1) - row, Math.Min(row + 2, rows - 1) - row, Math.Min(row + 3, rows - 1) - row);
                var (fromB, fromC, fromD) = ((nint)b * sourceStride, (nint)c * sourceStride, (nint)d * sourceStride);
                var (toB, toC, toD) = ((nint)b * stride, (nint)c * stride, (nint)d * stride);
                byte* line = image + (nint)row * sourceStride, place = made + (nint)row * stride;
                for (var x = 0; x < width; x++, place += Channels)
                {
                    Sse.Prefetch0(line + 4 * (nint)sourceStride + x * ahead);
                    var pixel = line + firsts[x] * pixelBytes;
                    var weights = halves + x * room;
                    var (upperA, upperB, upperC, upperD) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
                    var (lowerA, lowerB, lowerC, lowerD) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
                    for (var end = weights + counts[x]; weights < end; weights += 4, pixel += 4 * pixelBytes)
                    {
                        var group = Avx2.BroadcastVector128ToVector256(weights);
                        var (high, low) = (Avx2.PermuteVar8x32(group, pairs).AsInt16(), Avx2.PermuteVar8x32(group, lowerPairs).AsInt16());
                        var four = Avx2.Shuffle(Avx2.BroadcastVector128ToVector256(pixel), order).AsInt16();
                        upperA += Avx2.MultiplyAddAdjacent(four, high);
                        lowerA += Avx2.MultiplyAddAdjacent(four, low);
                        four = Avx2.Shuffle(Avx2.BroadcastVector128ToVector256(pixel + fromB), order).AsInt16();
                        upperB += Avx2.MultiplyAddAdjacent(four, high);
                        lowerB += Avx2.MultiplyAddAdjacent(four, low);
                        four = Avx2.Shuffle(Avx2.BroadcastVector128ToVector256(pixel + fromC), order).AsInt16();
                        upperC += Avx2.MultiplyAddAdjacent(four, high);
                        lowerC += Avx2.MultiplyAddAdjacent(four, low);
                        four = Avx2.Shuffle(Avx2.BroadcastVector128ToVector256(pixel + fromD), order).AsInt16();
                        upperD += Avx2.MultiplyAddAdjacent(four, high);
                        lowerD += Avx2.MultiplyAddAdjacent(four, low);
                    }

                    var sums = Avx2.PackSignedSaturate(Both(upperA, lowerA, upperB, lowerB), Both(upperC, lowerC, upperD, lowerD));
                    // In the lower half the pixels of a and c; in the upper one those of b and d.
                    var pixels = Avx2.PackUnsignedSaturate(sums, sums).AsUInt32();
                    var (even, odd) = (pixels.GetLower(), pixels.GetUpper());
                    *(uint*)place = even.GetElement(0);
                    *(uint*)(place + toB) = odd.GetElement(0);
                    *(uint*)(place + toC) = even.GetElement(1);
                    *(uint*)(place + toD) = odd.GetElement(1);
                }
            }
        }
    }

    /// <summary>One row of the target, of the rows that begin at <paramref name="rows"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Down(ref byte rows, int stride, ResampleTaps taps, int output, Span<byte> target)
    {
        ref var weights = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(taps.Halves), output * taps.Groups * 4);
        var count = taps.Count[output];
        for (var at = 0; at < target.Length; at += Vector256<byte>.Count)
        {
            var (upperA, upperB, upperC, upperD) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
            var (lowerA, lowerB, lowerC, lowerD) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
            ref var row = ref Unsafe.Add(ref rows, at);
            for (var tap = 0; tap < count; tap += 2)
            {
                var pair = (tap & ~3) + (tap & 2) / 2;
                var (high, low) = (Vector256.Create(Unsafe.Add(ref weights, pair)).AsInt16(), Vector256.Create(Unsafe.Add(ref weights, pair + 2)).AsInt16());
                var (one, next) = (Vector256.LoadUnsafe(ref row), Vector256.LoadUnsafe(ref Unsafe.Add(ref row, stride)));
                var (left, right) = (Avx2.UnpackLow(one, next), Avx2.UnpackHigh(one, next));
                var two = Avx2.UnpackLow(left, Vector256<byte>.Zero).AsInt16();
                upperA += Avx2.MultiplyAddAdjacent(two, high);
                lowerA += Avx2.MultiplyAddAdjacent(two, low);
                two = Avx2.UnpackHigh(left, Vector256<byte>.Zero).AsInt16();
                upperB += Avx2.MultiplyAddAdjacent(two, high);
                lowerB += Avx2.MultiplyAddAdjacent(two, low);
                two = Avx2.UnpackLow(right, Vector256<byte>.Zero).AsInt16();
                upperC += Avx2.MultiplyAddAdjacent(two, high);
                lowerC += Avx2.MultiplyAddAdjacent(two, low);
                two = Avx2.UnpackHigh(right, Vector256<byte>.Zero).AsInt16();
                upperD += Avx2.MultiplyAddAdjacent(two, high);
                lowerD += Avx2.MultiplyAddAdjacent(two, low);
                row = ref Unsafe.Add(ref row, 2 * stride);
            }

            var bytes = Avx2.PackUnsignedSaturate(
                Avx2.PackSignedSaturate(ResampleTaps.Whole(upperA, lowerA) >> ResampleTaps.Precision, ResampleTaps.Whole(upperB, lowerB) >> ResampleTaps.Precision),
                Avx2.PackSignedSaturate(ResampleTaps.Whole(upperC, lowerC) >> ResampleTaps.Precision, ResampleTaps.Whole(upperD, lowerD) >> ResampleTaps.Precision));
            if (target.Length - at >= Vector256<byte>.Count)
            {
                bytes.StoreUnsafe(ref MemoryMarshal.GetReference(target), (nuint)at);
                continue;
            }

            MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in bytes, 1))[..(target.Length - at)].CopyTo(target[at..]);
        }
    }

    /// <summary>Adds what the two halves of sums hold of a pixel: the one pixel in the lower half, the other in the upper one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Both(Vector256<int> upperA, Vector256<int> lowerA, Vector256<int> upperB, Vector256<int> lowerB)
    {
        var upper = Avx2.Permute2x128(upperA, upperB, 0x20) + Avx2.Permute2x128(upperA, upperB, 0x31);
        var lower = Avx2.Permute2x128(lowerA, lowerB, 0x20) + Avx2.Permute2x128(lowerA, lowerB, 0x31);
        return ResampleTaps.Whole(upper, lower) >> ResampleTaps.Precision;
    }
}
