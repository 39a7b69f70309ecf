using System.Text.Json.Serialization;

namespace Holdfast.Data;

/// <summary>What images of another shape than the pack's become; the names are fastai's (<c>ResizeMethod</c>).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PackMethod>))]
public enum PackMethod
{
    /// <summary>The largest part of the pack's shape, out of the middle. The default.</summary>
    [JsonStringEnumMemberName("crop")] Crop,

    /// <summary>All of it, squeezed into the pack's shape.</summary>
    [JsonStringEnumMemberName("squish")] Squish,

    /// <summary>All of it, with black beside it.</summary>
    [JsonStringEnumMemberName("pad")] Pad,
}

/// <summary>How pixels are made of pixels; each with antialiasing, as in Pillow.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PackFilter>))]
public enum PackFilter
{
    /// <summary>A triangle. The default, as in fastai and torchvision.</summary>
    [JsonStringEnumMemberName("bilinear")] Bilinear,

    /// <summary>Cubic, a = -0.5.</summary>
    [JsonStringEnumMemberName("bicubic")] Bicubic,

    /// <summary>A windowed sinc of three lobes.</summary>
    [JsonStringEnumMemberName("lanczos")] Lanczos,
}

/// <summary>What every image of a pack is made into.</summary>
/// <param name="Height">Rows, at least 1.</param>
/// <param name="Width">Columns, at least 1.</param>
/// <param name="Method">What becomes of other shapes.</param>
/// <param name="Filter">How pixels are made of pixels.</param>
public sealed record PackShape(int Height, int Width, PackMethod Method = PackMethod.Crop, PackFilter Filter = PackFilter.Bilinear)
{
    /// <summary>The highest and widest that images may be: beyond it a pack is no cache of a training set.</summary>
    public const int Largest = 4096;

    /// <summary>Bytes of an image: three for each pixel.</summary>
    public int Bytes => Height * Width * 3;
}
