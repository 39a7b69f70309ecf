using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Hub.People;

/// <summary>Random texts that open something for whoever shows them: cookies, tokens, codes. What is stored is their hash; they have 256 bits, so that it needs no salt.</summary>
internal static class Bearer
{
    /// <summary>With which API tokens begin, so that they are known wherever they turn up.</summary>
    public const string TokenPrefix = "hf_";

    private const int LongestShown = 128;

    public static string New(string prefix = "") => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>The hash; null for what cannot be one of ours.</summary>
    public static byte[]? Hash(string? shown) => shown is { Length: > 0 and <= LongestShown } ? SHA256.HashData(Encoding.UTF8.GetBytes(shown)) : null;

    /// <summary>The API token in an <c>Authorization</c> header, as <c>Bearer hf_…</c> or, as Jupyter's clients write it, <c>token hf_…</c>; null when there is none.</summary>
    public static string? TokenIn(string? authorization)
    {
        if (authorization is null || authorization.IndexOf(' ', StringComparison.Ordinal) is var space && space < 0) return null;
        var scheme = authorization.AsSpan(0, space);
        if (!scheme.Equals("bearer", StringComparison.OrdinalIgnoreCase) && !scheme.Equals("token", StringComparison.OrdinalIgnoreCase)) return null;
        return authorization[space..].Trim() is var token && IsToken(token) ? token : null;
    }

    /// <summary>Whether a text looks like an API token of a hub.</summary>
    public static bool IsToken(string? text) => text?.StartsWith(TokenPrefix, StringComparison.Ordinal) == true;
}
