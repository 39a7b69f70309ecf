using System.Security.Cryptography;

namespace Holdfast.Lab.Access;

/// <summary>Random bytes in a file that only its owner can read.</summary>
internal static class SecretFile
{
    private const int Length = 32;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The key that signs login cookies.</summary>
    public static byte[] CookieKey(string stateFolder) => LoadOrCreate(stateFolder, "cookie-secret");

    /// <summary>Reads a secret, making it at the first use. A lab that starts beside this one gets the same.</summary>
    public static byte[] LoadOrCreate(string folder, string name)
    {
        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        var path = Path.Combine(folder, name);
        if (File.Exists(path) && File.ReadAllBytes(path) is { Length: Length } known)
        {
            File.SetUnixFileMode(path, OwnerOnly);
            return known;
        }
        var temporary = path + "." + Guid.NewGuid().ToString("N");
        using (var file = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        }))
            file.Write(RandomNumberGenerator.GetBytes(Length));
        File.Move(temporary, path, overwrite: true);
        return File.ReadAllBytes(path);
    }
}
