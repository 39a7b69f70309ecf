namespace Holdfast.Lab.Access;

/// <summary>
/// The token of labs that were given none. It is made once and kept, readable by its owner only: a page that is open when the lab ends must
/// be logged in to the next one, or its outputs would have nowhere to go.
/// </summary>
public static class LabToken
{
    /// <summary>The token of a state folder, 48 hexadecimal digits.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not this user's.</exception>
    public static string Kept(string stateFolder) => Convert.ToHexStringLower(SecretFile.LoadOrCreate(stateFolder, "token-secret").AsSpan(0, 24));
}
