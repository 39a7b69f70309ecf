using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Hub.Ssh;

/// <summary>A public key as it stands in a <c>.pub</c> file: type, base64, comment.</summary>
/// <param name="Type">As <c>ssh-ed25519</c>.</param>
/// <param name="Key">The base64.</param>
/// <param name="Comment">What follows it; may be empty.</param>
internal sealed record PublicKeyText(string Type, string Key, string Comment)
{
    private const int MostCharacters = 20_000, ShortestModulus = 2048;

    // Without ssh-dss, which OpenSSH does not take any more.
    private static readonly string[] Types =
        ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa", "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"];

    /// <summary>As <c>ssh-keygen -l</c> says it: <c>SHA256:…</c>.</summary>
    public string Fingerprint => $"SHA256:{Convert.ToBase64String(SHA256.HashData(Convert.FromBase64String(Key))).TrimEnd('=')}";

    /// <summary>Reads one line; a fault says what it is instead.</summary>
    public static HubResult<PublicKeyText> Read(string text)
    {
        if (text.Contains("PRIVATE KEY", StringComparison.Ordinal)) return Bad("That is a private key, which nobody but you should have; mend: the file beside it whose name ends in .pub.");
        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#').ToArray();
        if (text.Length > MostCharacters || lines.Length != 1) return Bad(lines.Length == 0 ? $"There is no key; mend: {Wanted}." : "That is more than one key; mend: add them one after the other.");
        var words = lines[0].Split((char[])[' ', '\t'], 3, StringSplitOptions.RemoveEmptyEntries);
        if (words[0].Any(char.IsControl) || lines[0].Any(char.IsControl)) return Bad($"There are control characters in the key; mend: {Wanted}.");
        if (!Types.Contains(words[0])) return Bad(Types.Any(type => lines[0].Contains(type, StringComparison.Ordinal)) ? "Before the type of the key stands something else; mend: the key alone, without options." : $"'{Short(words[0])}' is no type of key that is taken here; mend: {Wanted}.");
        if (words.Length < 2 || Decoded(words[1]) is not { } blob) return Bad($"What follows {words[0]} is no base64; mend: copy the whole line of the .pub file.");
        var fields = Fields(blob);
        if (fields is not [var type, _, ..] || Encoding.ASCII.GetString(type) != words[0] || !IsWhole(words[0], fields)) return Bad($"The key is no whole {words[0]} key; mend: copy the whole line of the .pub file.");
        if (words[0] == "ssh-rsa" && BitsOf(fields[2]) is var bits && bits < ShortestModulus) return Bad($"The key has {bits} bits, and sshd takes RSA keys from {ShortestModulus}; mend: ssh-keygen -t ed25519.");
        return new PublicKeyText(words[0], words[1], words.Length > 2 ? words[2].Trim() : "");
    }

    private const string Wanted = "the line of a file whose name ends in .pub, as ~/.ssh/id_ed25519.pub; 'ssh-keygen -t ed25519' makes one";

    private static HubFault Bad(string message) => new("bad-request", message);

    private static byte[]? Decoded(string base64)
    {
        var blob = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, blob, out var length) ? blob[..length] : null;
    }

    /// <summary>What it is made of, each with its length before it (RFC 4251, 5); empty when the lengths do not add up.</summary>
    private static List<byte[]> Fields(byte[] blob)
    {
        var fields = new List<byte[]>();
        for (var at = 0; at < blob.Length;)
        {
            if (blob.Length - at < 4 || BinaryPrimitives.ReadUInt32BigEndian(blob.AsSpan(at)) is var length && length > blob.Length - at - 4) return [];
            fields.Add(blob[(at + 4)..(at + 4 + (int)length)]);
            at += 4 + (int)length;
        }
        return fields;
    }

    private static bool IsWhole(string type, List<byte[]> fields) => type switch
    {
        "ssh-ed25519" => fields is [_, { Length: 32 }],
        "ssh-rsa" => fields is [_, { Length: > 0 }, { Length: > 0 }],
        "sk-ssh-ed25519@openssh.com" => fields is [_, { Length: 32 }, { Length: > 0 }],
        "sk-ecdsa-sha2-nistp256@openssh.com" => fields is [_, _, { Length: 65 }, { Length: > 0 }],
        _ => fields is [_, var curve, { Length: > 64 }] && type.EndsWith(Encoding.ASCII.GetString(curve), StringComparison.Ordinal),
    };

    private static int BitsOf(byte[] number)
    {
        var significant = number.SkipWhile(each => each == 0).ToArray();
        return significant.Length == 0 ? 0 : significant.Length * 8 - (System.Numerics.BitOperations.LeadingZeroCount(significant[0]) - 24);
    }

    private static string Short(string word) => word.Length > 40 ? $"{word[..40]}…" : word;
}
