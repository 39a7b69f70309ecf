using Holdfast.Lab.Access;

namespace Holdfast.Lab.Tests.Access;

public sealed class PasswordHashTests
{
    [Fact]
    public void Created_VerifiesItsPasswordOnly()
    {
        var hash = PasswordHash.Create("pässword");
        Assert.StartsWith("pbkdf2:sha256:600000:", hash, StringComparison.Ordinal);
        Assert.True(PasswordHash.Verify(hash, "pässword"));
        Assert.False(PasswordHash.Verify(hash, "password"));
        Assert.False(PasswordHash.Verify(hash, ""));
        Assert.NotEqual(hash, PasswordHash.Create("pässword"));
    }

    [Theory]
    [InlineData("sha256:salt:7a37b85c8918eac19a9089c0fa5a2ab4dce3f90528dcdeec108b23ddf3607b99", "password")]
    [InlineData("sha1:0e112c3ddfce:a68df677475c2b47b6e86d0467eec97ac5f4b85a", "mypassword")]
    public void OfJupyter_Verifies(string hash, string password)
    {
        Assert.Null(PasswordHash.Problem(hash));
        Assert.True(PasswordHash.Verify(hash, password));
        Assert.False(PasswordHash.Verify(hash, password + "x"));
    }

    [Fact]
    public void OfJupyterByArgon2_Verifies()
    {
        const string Hash = "argon2:$argon2id$v=19$m=10240,t=10,p=8$r/Uh1MBNzR69Aq2iYDVnVA$Wku5H6lBhLx09z0V8kix2A";
        if (PasswordHash.Problem(Hash) is { } missing)
            Assert.Skip(missing);
        Assert.True(PasswordHash.Verify(Hash, "correct horse 🐴"));
        Assert.False(PasswordHash.Verify(Hash, "correct horse"));
    }

    [Theory]
    [InlineData("argon2:$argon2id$v=19$m=99999999,t=10,p=8$r/Uh1MBNzR69Aq2iYDVnVA$Wku5H6lBhLx09z0V8kix2A", "not understood")]
    [InlineData("argon2:$argon2id$v=19$m=10240,t=99999,p=8$r/Uh1MBNzR69Aq2iYDVnVA$Wku5H6lBhLx09z0V8kix2A", "not understood")]
    [InlineData("argon2:", "not understood")]
    [InlineData("plain", "not understood")]
    [InlineData("sha1:salt:zz", "not understood")]
    [InlineData("pbkdf2:sha256:999999999:AAAA:AAAA", "not understood")]
    public void ThatCannotBeChecked_IsNamed(string hash, string word)
    {
        Assert.Contains(word, PasswordHash.Problem(hash)!, StringComparison.Ordinal);
        Assert.False(PasswordHash.Verify(hash, "password"));
    }
}
