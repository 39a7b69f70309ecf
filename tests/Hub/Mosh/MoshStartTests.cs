using Holdfast.Hub.Mosh;

namespace Holdfast.Hub.Tests.Mosh;

/// <summary>What of those who come through the gateway is a mosh that begins.</summary>
public sealed class MoshStartTests
{
    [Theory]
    [InlineData(100, 2000)]
    [InlineData(3000, 60000)]
    public void Command_MadeToTakeLong_IsNoneOfMosh(int words, int spaces)
    {
        var command = $"sh -c '{string.Concat(Enumerable.Repeat("MOSH SSH_CONNECTION", words))};exec{new string(' ', spaces)}' x";

        Assert.Equal((command, false), MoshStart.Plain(command));
        Assert.False(MoshStart.IsMosh(command));
    }

    [Fact]
    public void Server_OfAPortThatIsNone_IsNone()
    {
        Assert.Null(MoshServer.Read("MOSH CONNECT 99999 AAAAAAAAAAAAAAAAAAAAAA\n"));
        Assert.Null(MoshServer.Read("MOSH CONNECT ٣٣٣ AAAAAAAAAAAAAAAAAAAAAA\n"));
        Assert.Equal(new MoshServer(61001, "AAAAAAAAAAAAAAAAAAAAAA"), MoshServer.Read("\r\nMOSH CONNECT 61001 AAAAAAAAAAAAAAAAAAAAAA\r\n"));
    }
}
