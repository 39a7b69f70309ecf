using Holdfast.Lab.Http.WebSockets;

namespace Holdfast.Lab.Tests.Kernels.WebSockets;

public sealed class FrameMaskTests
{
    [Fact]
    public void Apply_EveryLengthAndAlignment_IsXorWithTheRepeatedKey()
    {
        byte[] key = [0x12, 0x34, 0x56, 0x78];
        for (var offset = 0; offset < 8; offset++)
        {
            for (var length = 0; length < 200; length++)
            {
                var data = new byte[offset + length];
                new Random(length).NextBytes(data);
                var expected = data.Skip(offset).Select((value, index) => (byte)(value ^ key[index % 4])).ToArray();
                FrameMask.Apply(data.AsSpan(offset), BitConverter.ToUInt32(key));
                Assert.Equal(expected, data[offset..]);
            }
        }
    }
}
