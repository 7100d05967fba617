using System;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using SharedObjects.Tests.Golden;
using SharedObjects.Wire;

namespace SharedObjects.Tests.Values;

/// <summary>80-bit numbers, bit by bit.</summary>
public sealed class LongDoubleTests
{
    private const ulong One = 1UL << 63;
    private const ushort Bias = 16383;

    [Fact]
    public void Recorded_arrays_convert_to_what_numpy_says_they_are()
    {
        int checkedElements = 0;
        foreach (JsonNode vector in GoldenVector.Load("real_robot.json"))
        {
            JsonNode value = vector["value"]!;
            string? dtype = (string?)value["dtype"];
            if (dtype is not ("float128" or "complex256"))
            {
                continue;
            }

            byte[] raw = Convert.FromBase64String((string)value["raw_base64"]!);
            foreach ((int i, JsonNode? first) in value["first"]!.AsArray().Index())
            {
                string[] expected = first is JsonArray parts ? [.. parts.Select(part => (string)part!)] : [(string)first!];
                double[] actual = dtype == "float128"
                    ? [MemoryMarshal.Cast<byte, LongDouble>(raw)[i].ToDouble()]
                    : Parts(MemoryMarshal.Cast<byte, LongDoubleComplex>(raw)[i].ToComplex());
                Assert.Equal(expected.Select(Parse).Select(Bits), actual.Select(Bits));
                checkedElements += expected.Length;
            }
        }

        Assert.True(checkedElements >= 20);

        static double[] Parts(Complex number) => [number.Real, number.Imaginary];
    }

    [Theory]
    [InlineData(0.0, 0UL, 0)]
    [InlineData(-0.0, 0UL, 0x8000)]
    [InlineData(1.0, One, Bias)]
    [InlineData(-2.0, One, 0x8000 | (Bias + 1))]
    [InlineData(1.5, 0xC000_0000_0000_0000, Bias)]
    [InlineData(double.MaxValue, 0xFFFF_FFFF_FFFF_F800, Bias + 1023)]
    [InlineData(double.PositiveInfinity, One, 0x7FFF)]
    [InlineData(double.NegativeInfinity, One, 0xFFFF)]
    [InlineData(2.2250738585072014E-308, One, Bias - 1022)] // the smallest normal double
    [InlineData(double.Epsilon, One, Bias - 1074)] // all doubles below it are normal numbers here
    [InlineData(1.4821969375237396E-323, 0xC000_0000_0000_0000, Bias - 1073)] // 3 * 2^-1074
    public void A_double_has_the_bits_of_the_x87(double number, ulong significand, int signExponent)
    {
        var value = (LongDouble)number;
        Assert.Equal(significand, value.Significand);
        Assert.Equal(signExponent, value.SignExponent);
        Assert.Equal(Bits(number), Bits((double)value));
    }

    [Fact]
    public void Every_double_comes_back_from_its_80_bits()
    {
        var random = new Random(5);
        for (int i = 0; i < 2_000_000; i++)
        {
            Check((ulong)random.NextInt64(long.MinValue, long.MaxValue));
        }

        for (int exponent = 0; exponent < 2048; exponent++)
        {
            foreach (ulong fraction in new ulong[] { 0, 1, 2, 0x8_0000_0000_0000, 0xF_FFFF_FFFF_FFFE, 0xF_FFFF_FFFF_FFFF })
            {
                Check(((ulong)exponent << 52) | fraction);
                Check((1UL << 63) | ((ulong)exponent << 52) | fraction);
            }
        }

        for (int bit = 0; bit < 52; bit++)
        {
            Check(1UL << bit); // subnormals of every length
            Check((1UL << bit) - 1);
        }

        static void Check(ulong bits)
        {
            ulong back = Bits(LongDouble.FromDouble(BitConverter.UInt64BitsToDouble(bits)).ToDouble());
            if (back != bits)
            {
                Assert.Fail($"{bits:X16} came back as {back:X16}");
            }
        }
    }

    [Theory]
    // 1 + n * 2^-63: a double has 52 bits behind the point, so that 2^-53 (0x400) is half a step.
    [InlineData(One | 0x3FF, Bias, 1.0)]
    [InlineData(One | 0x400, Bias, 1.0)] // a tie goes to the even one, which is below
    [InlineData(One | 0x401, Bias, 1.0000000000000002)]
    [InlineData(One | 0xBFF, Bias, 1.0000000000000002)]
    [InlineData(One | 0xC00, Bias, 1.0000000000000004)] // a tie, and the even one is above
    [InlineData(ulong.MaxValue, Bias, 2.0)] // the carry goes into the exponent
    [InlineData(0xFFFF_FFFF_FFFF_FBFF, Bias + 1023, double.MaxValue)]
    [InlineData(0xFFFF_FFFF_FFFF_FC00, Bias + 1023, double.PositiveInfinity)] // half a step beyond the last double
    [InlineData(One, Bias + 1024, double.PositiveInfinity)]
    [InlineData(ulong.MaxValue, 0x7FFE, double.PositiveInfinity)]
    [InlineData(One, Bias - 1022, 2.2250738585072014E-308)]
    [InlineData(ulong.MaxValue, Bias - 1023, 2.2250738585072014E-308)] // a subnormal that rounds up to a normal
    [InlineData(One, Bias - 1074, double.Epsilon)]
    [InlineData(One, Bias - 1075, 0.0)] // half of the smallest: a tie, down to 0
    [InlineData(One | 1, Bias - 1075, double.Epsilon)]
    [InlineData(0xC000_0000_0000_0000, Bias - 1074, 9.881312916824931E-324)] // 1.5 steps: a tie, up to 2
    [InlineData(ulong.MaxValue, Bias - 1076, 0.0)]
    [InlineData(One, 1, 0.0)]
    [InlineData(1UL, 0, 0.0)] // the smallest 80-bit number there is
    public void What_does_not_fit_a_double_is_rounded_to_the_nearest_and_ties_to_even(ulong significand, int exponent, double expected)
    {
        Assert.Equal(Bits(expected), Bits(Make(significand, exponent).ToDouble()));
        Assert.Equal(Bits(-expected), Bits(Make(significand, 0x8000 | exponent).ToDouble()));
    }

    [Fact]
    public void Rounding_agrees_with_exact_arithmetic_for_random_numbers()
    {
        var random = new Random(6);
        for (int i = 0; i < 20_000; i++)
        {
            ulong significand = (ulong)random.NextInt64() | One;
            if (random.Next(2) == 0)
            {
                significand &= ~0x7FFUL; // near a tie more often than chance has it
                significand |= 0x3FFu + (uint)random.Next(3);
            }

            int exponent = random.Next(4) == 0 ? random.Next(-1080, -1010) : random.Next(-1022, 1023);
            double actual = Make(significand, exponent + Bias).ToDouble();
            AssertNearest(significand, exponent - 63, actual);
        }
    }

    [Fact]
    public void A_NaN_stays_one_even_if_its_payload_does_not_fit()
    {
        double small = Make(One | 1, 0x7FFF).ToDouble(); // would be an infinity if it were cut off
        Assert.True(double.IsNaN(small));
        Assert.True(double.IsNaN(Make(1, 0x7FFF).ToDouble()));
        Assert.True(double.IsNegative(Make(One | 0x7FF, 0xFFFF).ToDouble()));
        Assert.Equal(0x7FF8_0000_0000_0000UL, Bits(Make(0xC000_0000_0000_0000, 0x7FFF).ToDouble()));
        Assert.Equal(0xFFF0_0000_0000_0001UL, Bits(Make(One | 0x800, 0xFFFF).ToDouble()));
        Assert.Equal(0x7FF0_0000_0000_0000UL, Bits(Make(0, 0x7FFF).ToDouble())); // the pseudo-infinity of the 8087
    }

    [Fact]
    public void Encodings_that_no_x87_writes_are_read_as_the_number_they_spell()
    {
        Assert.Equal(0.5, Make(One >> 1, Bias).ToDouble()); // an unnormal: the integer bit is not set
        Assert.Equal(1.0, Make(1, Bias + 63).ToDouble());
        Assert.Equal(0.0, Make(0, Bias).ToDouble());
        Assert.Equal(0.0, Make(One, 0).ToDouble()); // a pseudo-denormal: 2^-16382
    }

    [Fact]
    public void Numbers_are_equal_by_their_80_bits_and_not_by_their_padding()
    {
        byte[] clean = [1, 2, 3, 4, 5, 6, 7, 0x80, 0xFF, 0x3F, 0, 0, 0, 0, 0, 0], dirty = [.. clean[..10], 1, 2, 3, 4, 5, 6];
        LongDouble a = MemoryMarshal.Read<LongDouble>(clean), b = MemoryMarshal.Read<LongDouble>(dirty);
        Assert.Equal(16, Marshal.SizeOf<LongDouble>());
        Assert.True(a == b);
        Assert.False(a != b);
        Assert.True(a.Equals((object)b));
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
        Assert.NotEqual((LongDouble)0.0, (LongDouble)(-0.0));
        Assert.NotEqual(a, (LongDouble)1.0);
        Assert.False(a.Equals(1.0));
        // They are carried through nevertheless.
        NDArray array = NDArray.Create<LongDouble>([b], 1);
        Assert.Equal(dirty, array.Bytes.ToArray());
        Assert.Equal(0, MemoryMarshal.AsBytes<LongDouble>(new[] { (LongDouble)Math.PI })[10..].IndexOfAnyExcept((byte)0) + 1);
    }

    [Fact]
    public void Its_text_is_that_of_the_nearest_double()
    {
        Assert.Equal("0.1", ((LongDouble)0.1).ToString());
        Assert.Equal("-Infinity", ((LongDouble)double.NegativeInfinity).ToString());
        Assert.Equal("<1.5; -2>", new LongDoubleComplex((LongDouble)1.5, (LongDouble)(-2.0)).ToString());
    }

    [Fact]
    public void Complex_numbers_of_two_keep_both_parts()
    {
        var number = new Complex(Math.PI, -0.0);
        var wide = (LongDoubleComplex)number;
        Assert.Equal((LongDouble)Math.PI, wide.Real);
        Assert.Equal((LongDouble)(-0.0), wide.Imaginary);
        Assert.Equal(number, (Complex)wide);
        Assert.Equal(32, Marshal.SizeOf<LongDoubleComplex>());
        Assert.Equal(wide, LongDoubleComplex.FromComplex(number));
        Assert.NotEqual(wide, LongDoubleComplex.FromComplex(new Complex(Math.PI, 1)));
        Assert.Equal(DType.LongDoubleComplex, DTypes.Of<LongDoubleComplex>());
    }

    private static LongDouble Make(ulong significand, int signExponent)
    {
        byte[] bytes = [.. BitConverter.GetBytes(significand), .. BitConverter.GetBytes((ushort)signExponent), 0, 0, 0, 0, 0, 0];
        return MemoryMarshal.Read<LongDouble>(bytes);
    }

    private static ulong Bits(double number) => BitConverter.DoubleToUInt64Bits(number);

    private static double Parse(string text) => text switch
    {
        "nan" => BitConverter.UInt64BitsToDouble(0x7FF8_0000_0000_0000),
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    /// <summary>That no double is nearer to significand * 2^exponent, and that a tie went to the even one; in whole numbers.</summary>
    private static void AssertNearest(ulong significand, int exponent, double actual)
    {
        // In units of 2^-1200, in which everything here is whole.
        BigInteger exact = new BigInteger(significand) << (exponent + 1200);
        BigInteger distance = BigInteger.Abs(exact - Units(actual));
        BigInteger below = BigInteger.Abs(exact - Units(Math.BitDecrement(actual)));
        BigInteger above = BigInteger.Abs(Units(Math.BitIncrement(actual)) - exact);
        bool isEven = (BitConverter.DoubleToUInt64Bits(actual) & 1) == 0;
        Assert.True(
            isEven ? distance <= below && distance <= above : distance < below && distance < above,
            $"{significand:X16} * 2^{exponent} is not {actual:R}");

        static BigInteger Units(double number)
        {
            ulong bits = BitConverter.DoubleToUInt64Bits(Math.Abs(number));
            int biased = (int)(bits >> 52);
            ulong fraction = bits & 0xF_FFFF_FFFF_FFFF;
            BigInteger units = biased == 0
                ? new BigInteger(fraction) << (1200 - 1074)
                : new BigInteger(fraction | (1UL << 52)) << (biased - 1075 + 1200);
            return number < 0 ? -units : units;
        }
    }
}
