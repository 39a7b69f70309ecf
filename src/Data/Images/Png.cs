using System.Runtime.InteropServices;

namespace Holdfast.Data.Images;

/// <summary>The system's libpng (its simplified API, libpng 1.6), which gets the distribution's security updates. It is loaded with the first PNG.</summary>
internal static unsafe partial class Png
{
    private const string Library = "libpng16.so.16";
    private const int Version = 1, Rgb = 2, Rgba = 3;

    /// <summary>What to do when the library is not there; null when it is.</summary>
    public static string? Missing { get; } = NativeLibrary.TryLoad(Library, out _)
        ? null : $"PNGs are read and written by {Library}, which is not installed. Install it: apt-get install libpng16-16";

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];

    /// <summary>Reads the size; null, or why the file cannot be read.</summary>
    public static string? ReadHeader(ReadOnlySpan<byte> file, out int width, out int height)
    {
        var image = new Image { Version = Version };
        fixed (byte* bytes = file)
        {
            var fault = BeginRead(ref image, bytes, (nuint)file.Length) == 0 ? Message(ref image) : null;
            (width, height) = ((int)image.Width, (int)image.Height);
            Free(ref image);
            return fault;
        }
    }

    /// <summary>Decodes to four bytes a pixel: red, green, blue, and a transparency that nobody heeds, as in PIL's <c>convert("RGB")</c>. Null, or why that cannot be done.</summary>
    public static string? Decode(ReadOnlySpan<byte> file, Span<byte> pixels)
    {
        var image = new Image { Version = Version };
        fixed (byte* bytes = file)
        fixed (byte* target = pixels)
        {
            if (BeginRead(ref image, bytes, (nuint)file.Length) == 0) return Message(ref image);
            image.Format = Rgba;
            if (pixels.Length < (long)image.Width * image.Height * 4) throw new ArgumentException("The pixels do not fit.", nameof(pixels));
            // It gives all that it holds back whether it succeeds or not.
            return FinishRead(ref image, null, target, 0, null) == 0 ? Message(ref image) : null;
        }
    }

    /// <summary>Encodes three bytes a pixel.</summary>
    /// <exception cref="InvalidOperationException">libpng could not do it.</exception>
    public static byte[] Encode(ReadOnlySpan<byte> pixels, int width, int height)
    {
        var image = new Image { Version = Version, Width = (uint)width, Height = (uint)height, Format = Rgb };
        fixed (byte* source = pixels)
        {
            nuint size = 0;
            if (WriteToMemory(ref image, null, ref size, 0, source, 0, null) == 0) throw new InvalidOperationException(Message(ref image));
            var file = new byte[size];
            fixed (byte* target = file)
            {
                if (WriteToMemory(ref image, target, ref size, 0, source, 0, null) == 0) throw new InvalidOperationException(Message(ref image));
            }

            return file[..(int)size];
        }
    }

    private static string Message(ref Image image)
    {
        fixed (byte* text = image.Message) return Marshal.PtrToStringUTF8((nint)text) is { Length: > 0 } message ? message : "it cannot be decoded";
    }

    [LibraryImport(Library, EntryPoint = "png_image_begin_read_from_memory")]
    private static partial int BeginRead(ref Image image, byte* file, nuint size);

    [LibraryImport(Library, EntryPoint = "png_image_finish_read")]
    private static partial int FinishRead(ref Image image, void* background, byte* pixels, int rowStride, void* colours);

    [LibraryImport(Library, EntryPoint = "png_image_write_to_memory")]
    private static partial int WriteToMemory(ref Image image, byte* file, ref nuint size, int to8Bit, byte* pixels, int rowStride, void* colours);

    [LibraryImport(Library, EntryPoint = "png_image_free")]
    private static partial void Free(ref Image image);

    /// <summary><c>png_image</c> of png.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Image
    {
        public nint Opaque;
        public uint Version;
        public uint Width;
        public uint Height;
        public uint Format;
        public uint Flags;
        public uint ColourMapEntries;
        public uint WarningOrError;
        public fixed byte Message[64];
    }
}
