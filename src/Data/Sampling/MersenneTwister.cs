namespace Holdfast.Data.Sampling;

/// <summary>MT19937 as NumPy's <c>RandomState(seed)</c> has it (NEP 19: that stream is frozen), so that a draw here and one in a notebook are the same.</summary>
internal sealed class MersenneTwister
{
    private const int Size = 624, Middle = 397;
    private readonly uint[] _state = new uint[Size];
    private int _at = Size;

    public MersenneTwister(uint seed)
    {
        _state[0] = seed;
        for (var at = 1; at < Size; at++) _state[at] = 1812433253 * (_state[at - 1] ^ (_state[at - 1] >> 30)) + (uint)at;
    }

    /// <summary>From 0 to below 1, of 53 bits: <c>random_sample()</c>.</summary>
    public double NextDouble()
    {
        var (high, low) = (Next() >> 5, Next() >> 6);
        return (high * 67108864.0 + low) / 9007199254740992.0;
    }

    /// <summary>The numbers from 0 to below <paramref name="count"/> in another order: <c>permutation(count)</c>.</summary>
    public int[] Permutation(int count)
    {
        var numbers = Enumerable.Range(0, count).ToArray();
        for (var at = count - 1; at > 0; at--)
        {
            var other = UpTo((uint)at);
            (numbers[at], numbers[other]) = (numbers[other], numbers[at]);
        }

        return numbers;
    }

    /// <summary>From 0 to the most, that included: by rejection of what is masked.</summary>
    private uint UpTo(uint most)
    {
        var mask = uint.MaxValue >> System.Numerics.BitOperations.LeadingZeroCount(most);
        while (true)
        {
            if ((Next() & mask) is var value && value <= most) return value;
        }
    }

    private uint Next()
    {
        if (_at == Size) Refill();
        var value = _state[_at++];
        value ^= value >> 11;
        value ^= (value << 7) & 0x9D2C5680;
        value ^= (value << 15) & 0xEFC60000;
        return value ^ (value >> 18);
    }

    private void Refill()
    {
        for (var at = 0; at < Size; at++)
        {
            var bits = (_state[at] & 0x80000000) | (_state[(at + 1) % Size] & 0x7FFFFFFF);
            _state[at] = _state[(at + Middle) % Size] ^ (bits >> 1) ^ ((bits & 1) * 0x9908B0DF);
        }

        _at = 0;
    }
}
