using System.Runtime.InteropServices;

namespace Holdfast.Data.Images;

/// <summary>
/// The system's libturbojpeg (TurboJPEG 2 API, which version 3 has too), which gets the distribution's security updates. It is loaded with the first
/// JPEG. One handle for each thread.
/// </summary>
internal sealed unsafe partial class TurboJpeg : IDisposable
{
    /// <summary>Three bytes a pixel: red, green, blue.</summary>
    public const int Rgb = 0;

    /// <summary>Four bytes a pixel: cyan, magenta, yellow, black.</summary>
    public const int Cmyk = 11;

    /// <summary>Colour spaces of a file that are decoded as <see cref="Cmyk"/>: CMYK and YCCK.</summary>
    private const int CmykColours = 3;

    private const string Library = "libturbojpeg.so.0";
    private const int Warning = 0;

    // Bytes that a camera has left between two markers: every decoder skips them, and no pixel is touched by it.
    private const string HarmlessWarning = "extraneous bytes before marker";

    private readonly nint _handle = InitDecompress();

    /// <summary>What to do when the library is not there; null when it is.</summary>
    public static string? Missing { get; } = NativeLibrary.TryLoad(Library, out _)
        ? null : $"JPEGs are decoded by {Library}, which is not installed. Install it: apt-get install libturbojpeg0";

    /// <summary>Reads size and colours; null, or why the file cannot be read.</summary>
    public string? ReadHeader(ReadOnlySpan<byte> file, out int width, out int height, out bool isCmyk)
    {
        fixed (byte* bytes = file)
        {
            var failed = DecompressHeader(_handle, bytes, (nuint)file.Length, out width, out height, out _, out var colours) != 0;
            isCmyk = colours >= CmykColours;
            return failed && Message() is { } message ? message : width < 1 || height < 1 ? "the header gives no size" : null;
        }
    }

    /// <summary>Decodes to a size that is the file's divided by 1, 2, 4 or 8 and rounded up; null, or why that cannot be done.</summary>
    public string? Decode(ReadOnlySpan<byte> file, Span<byte> pixels, int width, int height, int format)
    {
        fixed (byte* bytes = file)
        fixed (byte* target = pixels)
        {
            return Decompress(_handle, bytes, (nuint)file.Length, target, width, 0, height, format, 0) == 0 ? null : Message();
        }
    }

    public void Dispose() => _ = Destroy(_handle);

    private string? Message()
    {
        var message = Marshal.PtrToStringUTF8(GetErrorText(_handle)) ?? "it cannot be decoded";
        return GetErrorCode(_handle) == Warning && message.Contains(HarmlessWarning, StringComparison.Ordinal) ? null : message;
    }

    [LibraryImport(Library, EntryPoint = "tjInitDecompress")]
    private static partial nint InitDecompress();

    [LibraryImport(Library, EntryPoint = "tjDecompressHeader3")]
    private static partial int DecompressHeader(nint handle, byte* file, nuint size, out int width, out int height, out int subsampling, out int colours);

    [LibraryImport(Library, EntryPoint = "tjDecompress2")]
    private static partial int Decompress(nint handle, byte* file, nuint size, byte* pixels, int width, int pitch, int height, int format, int flags);

    [LibraryImport(Library, EntryPoint = "tjGetErrorStr2")]
    private static partial nint GetErrorText(nint handle);

    [LibraryImport(Library, EntryPoint = "tjGetErrorCode")]
    private static partial int GetErrorCode(nint handle);

    [LibraryImport(Library, EntryPoint = "tjDestroy")]
    private static partial int Destroy(nint handle);
}
