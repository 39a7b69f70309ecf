using System.Security.Cryptography;

namespace Holdfast.Lab.Access;

/// <summary>The key that signs login cookies: 32 random bytes in a file that only its owner can read.</summary>
internal static class CookieSecret
{
    private const int Length = 32;

    /// <summary>Reads the secret of <paramref name="stateFolder"/>, making it at the first use. A lab that starts beside this one gets the same.</summary>
    public static byte[] LoadOrCreate(string stateFolder)
    {
        Directory.CreateDirectory(stateFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var path = Path.Combine(stateFolder, "cookie-secret");
        if (File.Exists(path) && File.ReadAllBytes(path) is { Length: Length } known)
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return known;
        }
        var secret = RandomNumberGenerator.GetBytes(Length);
        var temporary = path + "." + Guid.NewGuid().ToString("N");
        using (var file = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
            file.Write(secret);
        File.Move(temporary, path, overwrite: true);
        return File.ReadAllBytes(path);
    }
}
